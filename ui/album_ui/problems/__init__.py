"""Files that could not be read, why, and what can be done."""
