"""alseg: the command line of the framework."""
