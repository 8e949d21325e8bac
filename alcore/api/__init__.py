"""What the command line does, as functions: for scripts and notebooks."""
