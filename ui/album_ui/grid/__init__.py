"""The library page: photos in justified rows under their days."""
