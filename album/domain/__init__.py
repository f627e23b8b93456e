"""What Albumen speaks of: photos, tags, queries. Pure values, no files, no database."""
