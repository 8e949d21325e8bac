"""Ray launcher for alseg."""
