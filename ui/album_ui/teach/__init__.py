"""Teaching a tag from the selected photos."""
