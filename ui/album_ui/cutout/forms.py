"""The forms of a cut-out: shared with the command, see `album.interchange.forms`."""

from album.interchange.forms import Behind, Look, Part, compose, cover

__all__ = ["Behind", "Look", "Part", "compose", "cover"]
