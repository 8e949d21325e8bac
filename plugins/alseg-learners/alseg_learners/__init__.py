"""The built-in learners of alseg: on slices in 2D, and on patches of volumes in 3D."""
