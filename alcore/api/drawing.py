"""Pictures of slices with the contours of their labels, and PNG without an imaging library."""

from alcore.drawing.montage import arranged, draw_slice
from alcore.drawing.png import encode_png

__all__ = ["arranged", "draw_slice", "encode_png"]
