"""Suggestions of one tag, least certain first: yes or no."""
