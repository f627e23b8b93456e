"""The subject of a photo, lifted off its background, corrected by clicks."""
