"""``alseg results`` and ``alseg report``."""
