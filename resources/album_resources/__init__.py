"""What the code carries along that is not code: taxonomy, icons, styles, translations."""
