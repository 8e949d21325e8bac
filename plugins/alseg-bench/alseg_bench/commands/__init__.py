"""``alseg bench``."""
