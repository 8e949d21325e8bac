"""Tables of results: what they hold, how they are composed, and how each medium sets them."""
