"""The library file: one SQLite database, and the indexes in memory that make browsing instant."""
