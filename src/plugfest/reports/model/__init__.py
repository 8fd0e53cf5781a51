"""The report as data, and the rules that its values follow."""
