"""What goes on in the background: one quiet line, notices, the health of the folders."""
