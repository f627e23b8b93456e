"""The networks that look at photos; found by the core through entry points, imported by nobody."""
