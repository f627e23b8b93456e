"""Originals on disk: what they are, who they are, what they say of themselves, how they look."""
