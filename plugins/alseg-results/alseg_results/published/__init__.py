"""Figures that others published, and one's own beside them."""
