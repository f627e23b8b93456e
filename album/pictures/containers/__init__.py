"""How each file format is laid out: where its image data and its metadata lie. No decoding here."""
