"""A TIFF file gives all its planes, in their depth and channels, or one sentence."""

import struct

import numpy as np
import pytest
import tifffile
from alseg_datasets.images import read_volume

from alcore import AlsegError

STACK = np.random.default_rng(0).integers(0, 60000, (6, 32, 16)).astype(np.uint16)


def refused(path, *sentences):
    with pytest.raises(AlsegError) as caught:
        read_volume(path)
    for sentence in (str(path), *sentences):
        assert sentence in caught.value.message
    assert "\n" not in caught.value.message


def unlink_pages(path):
    """Leave one page of several, as ImageJ writes stacks above 4 GB."""
    content = bytearray(path.read_bytes())
    order = "<" if content[:2] == b"II" else ">"
    (first,) = struct.unpack_from(f"{order}I", content, 4)
    (n_tags,) = struct.unpack_from(f"{order}H", content, first)
    struct.pack_into(f"{order}I", content, first + 2 + 12 * n_tags, 0)
    path.write_bytes(content)


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"imagej": True, "metadata": {"axes": "ZYX"}},
        {"metadata": None},
        {"metadata": {"axes": "ZYX"}, "ome": True},
        {"tile": (16, 16)},
        {"compression": "zlib", "predictor": True},
        {"compression": "lzw"},
        {"bigtiff": True, "byteorder": ">"},
    ],
)
@pytest.mark.parametrize("dtype", [np.uint8, np.uint16, np.float32])
def test_every_plane_is_read_in_its_depth(tmp_path, options, dtype):
    stack = STACK.astype(dtype)
    tifffile.imwrite(tmp_path / "a.tif", stack, **options)
    read = read_volume(tmp_path / "a.tif")
    np.testing.assert_array_equal(read.voxels, stack[None])
    assert read.voxels.dtype.newbyteorder("=") == dtype
    assert (read.indexed, read.warnings) == (False, ())


@pytest.mark.parametrize("cut", [0.3, 0.6, 0.95, 0.99])
@pytest.mark.parametrize(
    "options", [{}, {"imagej": True}, {"metadata": None}, {"tile": (16, 16)}, {"compression": "lzw"}, {"ome": True}]
)
def test_a_truncated_file_is_refused(tmp_path, options, cut):
    tifffile.imwrite(tmp_path / "a.tif", STACK, **options)
    content = (tmp_path / "a.tif").read_bytes()
    (tmp_path / "a.tif").write_bytes(content[: int(len(content) * cut)])
    refused(tmp_path / "a.tif")


def test_a_page_with_more_tags_than_the_file_holds_is_refused(tmp_path):
    """tifffile raises struct.error, which is no ValueError."""
    path = tmp_path / "a.tif"
    tifffile.imwrite(path, STACK, imagej=True, byteorder="<", metadata={"axes": "ZYX"})
    with tifffile.TiffFile(path) as file:
        second = file.pages[1].offset
    content = bytearray(path.read_bytes())
    struct.pack_into("<H", content, second, 4000)
    path.write_bytes(content)
    refused(path, "cannot be read as TIFF: ")


def test_planes_behind_the_only_page_of_imagej_are_read_or_missed(tmp_path):
    path = tmp_path / "a.tif"
    tifffile.imwrite(path, STACK, imagej=True, metadata={"axes": "ZYX"})
    unlink_pages(path)
    np.testing.assert_array_equal(read_volume(path).voxels[0], STACK)
    path.write_bytes(path.read_bytes()[:4000])
    refused(path, "is truncated: it has 1 of 6 planes")


def test_a_stack_that_lost_its_other_pages_is_refused(tmp_path):
    tifffile.imwrite(tmp_path / "a.tif", STACK, compression="lzw")
    unlink_pages(tmp_path / "a.tif")
    refused(tmp_path / "a.tif", "is truncated: it has 1 of 6 planes")


@pytest.mark.parametrize(
    ("axes", "shape", "expected"),
    [("ZCYX", (6, 2, 8, 4), (2, 6, 8, 4)), ("CYX", (2, 8, 4), (2, 1, 8, 4)), ("ZYXS", (2, 8, 4, 3), (3, 2, 8, 4))],
)
def test_channels_of_imagej_are_channels(tmp_path, axes, shape, expected):
    voxels = np.random.default_rng(0).integers(0, 255, shape).astype(np.uint8)
    tifffile.imwrite(tmp_path / "a.tif", voxels, imagej=True, metadata={"axes": axes})
    first = axes.index("S" if "S" in axes else "C")
    np.testing.assert_array_equal(
        read_volume(tmp_path / "a.tif").voxels, np.moveaxis(voxels, first, 0).reshape(expected)
    )


def test_time_points_are_refused(tmp_path):
    tifffile.imwrite(tmp_path / "a.tif", np.zeros((3, 6, 8, 4), np.uint8), imagej=True, metadata={"axes": "TZYX"})
    refused(tmp_path / "a.tif", "has 3 time points, 6 planes")
    tifffile.imwrite(tmp_path / "a.tif", np.zeros((3, 8, 4), np.uint8), imagej=True, metadata={"axes": "TYX"})
    refused(tmp_path / "a.tif", "has 3 time points")


@pytest.mark.parametrize("planar", ["contig", "separate"])
def test_colours_are_channels(tmp_path, planar):
    colours = np.random.default_rng(0).integers(0, 255, (3, 8, 4)).astype(np.uint16)
    stored = colours.transpose(1, 2, 0) if planar == "contig" else colours
    tifffile.imwrite(tmp_path / "a.tif", stored, photometric="rgb", planarconfig=planar)
    np.testing.assert_array_equal(read_volume(tmp_path / "a.tif").voxels[:, 0], colours)


def test_a_palette_gives_its_indices(tmp_path):
    indices = (np.arange(32) % 5).astype(np.uint8).reshape(8, 4)
    tifffile.imwrite(tmp_path / "a.tif", indices, photometric="palette", colormap=np.full((3, 256), 9, np.uint16))
    read = read_volume(tmp_path / "a.tif")
    np.testing.assert_array_equal(read.voxels[0, 0], indices)
    assert read.indexed


def test_masks_of_one_bit_are_zero_and_one(tmp_path):
    tifffile.imwrite(tmp_path / "a.tif", STACK[0] > 30000)
    read = read_volume(tmp_path / "a.tif").voxels
    np.testing.assert_array_equal(read[0, 0], (STACK[0] > 30000).astype(np.uint8))
    assert read.dtype == np.uint8


def test_inverted_grey_values_are_told(tmp_path):
    tifffile.imwrite(tmp_path / "a.tif", STACK[0], photometric="miniswhite")
    assert read_volume(tmp_path / "a.tif").warnings == ("MINISWHITE: low values are the bright ones",)


def test_images_of_different_size_and_complex_ones_are_refused(tmp_path):
    with tifffile.TiffWriter(tmp_path / "a.tif") as file:
        file.write(STACK[0])
        file.write(STACK[0, :8].astype(np.uint8))
    refused(tmp_path / "a.tif", "holds 2 images of different size or type: uint16 of 32x16, uint8 of 8x16")
    tifffile.imwrite(tmp_path / "b.tif", STACK[0].astype(np.complex64))
    refused(tmp_path / "b.tif", "voxels of the type complex64")


def test_nan_voxels_are_refused(tmp_path):
    tifffile.imwrite(tmp_path / "a.tif", np.full((4, 4), np.nan, np.float32))
    refused(tmp_path / "a.tif", "16 NaN or infinite voxels")


def test_lengths_are_those_of_imagej_or_of_the_resolution(tmp_path):
    path = tmp_path / "a.tif"
    told = {"axes": "ZYX", "spacing": 2.5, "unit": "mm"}
    tifffile.imwrite(path, STACK, imagej=True, resolution=(1 / 0.7, 1 / 0.9), metadata=told)
    assert read_volume(path).spacing == pytest.approx((0.7, 0.9, 2.5))
    tifffile.imwrite(path, STACK, resolution=(254, 127), resolutionunit="INCH")
    assert read_volume(path).spacing == pytest.approx((0.1, 0.2, 1.0))
    tifffile.imwrite(path, STACK, resolution=(20, 40), resolutionunit="NONE")
    assert read_volume(path).spacing == (1.0, 1.0, 1.0)


def test_a_page_of_gigabytes_without_data_is_refused(tmp_path):
    path = tmp_path / "a.tif"
    tifffile.imwrite(path, STACK[0], metadata=None)
    with tifffile.TiffFile(path, mode="r+b") as file:
        for name in ("ImageWidth", "ImageLength"):
            file.pages[0].tags[name].overwrite(40000)
    refused(path, "claims 2.98 GiB in a file of")


def test_ome_tiff_reads_no_other_file(tmp_path):
    (tmp_path / "elsewhere").mkdir()
    tifffile.imwrite(tmp_path / "elsewhere" / "secret.ome.tif", STACK, metadata={"axes": "ZYX"})
    tifffile.imwrite(tmp_path / "a.ome.tif", STACK[:2], metadata={"axes": "ZYX"})
    with tifffile.TiffFile(tmp_path / "a.ome.tif", mode="r+b") as file:
        text = file.pages[0].description
        planes = "".join(
            f'<TiffData FirstZ="{k}" IFD="{k}" PlaneCount="1"><UUID FileName="elsewhere/secret.ome.tif">urn:uuid:'
            f"00000000-0000-0000-0000-000000000000</UUID></TiffData>"
            for k in range(2)
        )
        changed = text[: text.index("<TiffData")] + planes + text[text.index("</Pixels>") :]
        file.pages[0].tags["ImageDescription"].overwrite(changed)
    try:
        voxels = read_volume(tmp_path / "a.ome.tif").voxels
    except AlsegError:
        return
    np.testing.assert_array_equal(voxels[0], STACK[:2])
