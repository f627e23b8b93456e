"""Work in the background, as the user sees it."""
