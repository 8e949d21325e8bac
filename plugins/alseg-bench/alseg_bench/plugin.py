"""What this package adds to alseg. Imported for listings, so nothing heavy here."""
