"""Stand-ins for what is slow, and builders of libraries; for tests, benches and demonstrations."""

from album.testing.fakes import FakeAnalyser, FakeSegmenter
from album.testing.library import fill_library, sample_session
from album.testing.pictures import make_picture, make_pictures
from album.testing.taxonomy import sample_taxonomy

__all__ = [
    "FakeAnalyser",
    "FakeSegmenter",
    "fill_library",
    "make_picture",
    "make_pictures",
    "sample_session",
    "sample_taxonomy",
]
