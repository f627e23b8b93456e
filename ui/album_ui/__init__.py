"""Albumen's window: widgets, item models and the bridge to the core; Qt only, never torch."""
