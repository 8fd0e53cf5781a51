"""What is wrong with the misbehaviours that a user asks for."""


class MisbehaviourError(ValueError):
    """A misbehaviour that does not exist, does not fit the product, or has wrong parameters: one line."""
