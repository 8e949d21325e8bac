"""What alseg asks of plugins while they run: shared by the loop and the conformance kit."""
