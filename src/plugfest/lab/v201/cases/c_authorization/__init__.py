"""Block C: who may charge, and who may end it."""
