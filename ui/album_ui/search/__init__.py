"""What is asked of the library: query, chips, search field, history."""
