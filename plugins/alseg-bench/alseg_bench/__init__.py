"""Commands of alseg that measure a part of a run on its own."""
