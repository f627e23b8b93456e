"""Folders and files dropped on the window, photos dragged out of it."""
