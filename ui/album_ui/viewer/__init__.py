"""One photo on a dark ground: fit, zoom to its pixels, next and previous."""
