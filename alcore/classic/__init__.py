"""Classic training: on the fully labelled set, in 3D on patches. The ceiling that a learning curve is held against."""
