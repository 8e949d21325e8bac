"""The pool of training slices: who is labelled, and the images behind it."""
