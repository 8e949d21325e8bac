"""PNG, JPEG and BMP files give the values that they store, or one sentence."""

import struct
import zlib

import numpy as np
import pytest
from alseg_datasets.images import read_volume
from PIL import Image

from alcore import AlsegError

RNG = np.random.default_rng(0)


def refused(path, *sentences):
    with pytest.raises(AlsegError) as caught:
        read_volume(path)
    for sentence in (str(path), *sentences):
        assert sentence in caught.value.message
    assert "\n" not in caught.value.message


def png(path, rows, width, height, bits, kind, extra=b""):
    """Write packed rows of pixels as they are."""

    def chunk(name, content):
        return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))

    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, bits, kind, 0, 0, 0))
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + header + extra + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b""))
    return path


@pytest.mark.parametrize(
    ("bits", "row", "values"),
    [
        (1, b"\x1b", [0, 0, 0, 1, 1, 0, 1, 1]),
        (2, b"\x1b\xe4", [0, 1, 2, 3, 3, 2, 1, 0]),
        (4, b"\x01\x23\x45\xef", [0, 1, 2, 3, 4, 5, 14, 15]),
        (8, bytes(range(8)), list(range(8))),
        (16, struct.pack(">8H", *range(0, 8000, 1000)), list(range(0, 8000, 1000))),
    ],
)
@pytest.mark.parametrize("kind", [0, 3])
def test_grey_values_and_indices_of_all_depths_are_those_that_are_stored(tmp_path, bits, row, values, kind):
    if kind == 3 and bits == 16:
        pytest.skip("a palette has at most 8 bits")
    palette = struct.pack(">I", 48) + b"PLTE" + b"\x07" * 48 if kind == 3 else b""
    palette += struct.pack(">I", zlib.crc32(palette[4:])) if palette else b""
    read = read_volume(png(tmp_path / "a.png", b"\0" + row, 8, 1, bits, kind, palette))
    assert read.voxels.ravel().tolist() == values
    assert read.voxels.dtype == (np.uint16 if bits == 16 else np.uint8)
    assert read.indexed == (kind == 3)


@pytest.mark.parametrize("n_channels", [3, 4])
@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_colours_keep_their_depth(tmp_path, n_channels, dtype):
    colours = RNG.integers(0, np.iinfo(dtype).max, (2, 4, n_channels)).astype(dtype)
    rows = b"".join(b"\0" + row.astype(row.dtype.newbyteorder(">")).tobytes() for row in colours)
    path = png(tmp_path / "a.png", rows, 4, 2, 8 * colours.itemsize, 2 if n_channels == 3 else 6)
    read = read_volume(path).voxels
    np.testing.assert_array_equal(read[:, 0], colours.transpose(2, 0, 1))
    assert read.dtype == dtype


def test_grey_with_alpha_and_several_images_are_refused(tmp_path):
    refused(png(tmp_path / "a.png", b"\0" + bytes(8), 4, 1, 8, 4), "has grey values with alpha")


@pytest.mark.parametrize("ending", ["bmp", "jpg"])
@pytest.mark.parametrize("n_channels", [1, 3])
def test_bmp_and_jpeg_are_what_pillow_reads_and_truncated_ones_are_refused(tmp_path, ending, n_channels):
    path = tmp_path / f"a.{ending}"
    Image.fromarray(RNG.integers(0, 255, (16, 24, n_channels)).astype(np.uint8).squeeze()).save(path)
    expected = np.asarray(Image.open(path)).reshape(16, 24, n_channels)
    np.testing.assert_array_equal(read_volume(path).voxels[:, 0], expected.transpose(2, 0, 1))
    content = path.read_bytes()
    for share in (0.2, 0.6, 0.98):
        path.write_bytes(content[: int(len(content) * share)])
        refused(path)


@pytest.mark.parametrize("kind", [0, 2, 3])
def test_a_png_of_gigabytes_in_a_few_bytes_is_refused(tmp_path, kind):
    refused(png(tmp_path / "a.png", b"\0" * 100, 40000, 40000, 8, kind), "GiB in a file of")


def test_a_png_of_another_name_is_known_by_its_content(tmp_path):
    Image.fromarray(np.full((4, 4), 7, np.uint8)).save(tmp_path / "a.png")
    (tmp_path / "a.png").rename(tmp_path / "a.tif")
    assert read_volume(tmp_path / "a.tif").voxels.tolist() == np.full((1, 1, 4, 4), 7).tolist()


@pytest.mark.parametrize("ending", ["gipl", "vtk", "mrc", "h5", "xyz"])
def test_formats_that_are_not_read_whole_are_named(tmp_path, ending):
    import SimpleITK as sitk

    path = tmp_path / f"a.{ending}"
    if ending == "xyz":
        path.write_bytes(b"no image")
    else:
        sitk.WriteImage(sitk.GetImageFromArray(np.ones((3, 4, 5), np.uint8)), str(path))
    refused(path, "alseg reads NIfTI, NRRD")
