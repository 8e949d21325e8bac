"""Write a PNG image, so that a picture of the data needs no imaging library."""

import struct
import zlib
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from alcore.files import write_bytes

_SIGNATURE = b"\x89PNG\r\n\x1a\n"


def encode_png(pixels: NDArray[np.uint8]) -> bytes:
    """Encode (height, width, 3) red, green and blue as PNG (ISO/IEC 15948)."""
    height, width, _ = pixels.shape
    header = struct.pack(">2I5B", width, height, 8, 2, 0, 0, 0)
    rows = np.zeros((height, 1 + 3 * width), np.uint8)  # each row begins with its filter: none
    rows[:, 1:] = pixels.reshape(height, -1)
    return (
        _SIGNATURE + _chunk(b"IHDR", header) + _chunk(b"IDAT", zlib.compress(rows.tobytes(), 6)) + _chunk(b"IEND", b"")
    )


def write_png(path: Path, pixels: NDArray[np.uint8]) -> None:
    """Write (height, width, 3) pixels to ``path``.

    Raises:
        AlsegError: the file cannot be written.
    """
    write_bytes(path, encode_png(pixels))


def _chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))
