"""Results: what runs came to, as tables and tests that stand up."""
