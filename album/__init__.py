"""The core of Albumen: library, intake, analysis and the `album` command; no Qt, no torch."""

__version__ = "0.1.0"
