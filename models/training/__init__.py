"""How the built-in weights are made and measured. Not part of the wheel."""
