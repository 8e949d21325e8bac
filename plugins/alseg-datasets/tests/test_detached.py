"""A header may name data beside it, and no other file of the machine."""

import gzip
import os
import zlib

import numpy as np
import pytest
import SimpleITK as sitk
from alseg_datasets.images import read_volume
from alseg_datasets.read_files import files_of

from alcore import AlsegError

SECRET = bytes(range(200, 224))
MHD = "ObjectType = Image\nNDims = 3\nDimSize = 4 3 2\nElementType = MET_UCHAR\nElementDataFile = {}\n"
NHDR = "NRRD0004\ntype: uint8\ndimension: 3\nsizes: 4 3 2\nencoding: raw\ndata file: {}\n"
HEADERS = {"mhd": MHD, "mha": MHD, "nhdr": NHDR, "nrrd": NHDR}


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "secret").write_bytes(SECRET)
    (tmp_path / "scans" / "inner").mkdir(parents=True)
    (tmp_path / "scans" / "inner" / "secret").write_bytes(SECRET)
    return tmp_path / "scans"


def header(folder, ending, name):
    path = folder / f"a.{ending}"
    path.write_text(HEADERS[ending].format(name))
    return path


def refused(path, sentence):
    with pytest.raises(AlsegError) as caught:
        read_volume(path)
    assert sentence in caught.value.message
    assert "\n" not in caught.value.message


@pytest.mark.parametrize("ending", HEADERS)
def test_data_beside_the_header_are_read(folder, ending):
    (folder / "b c.raw").write_bytes(SECRET)
    for name in ("b c.raw", "./b c.raw", str(folder / "b c.raw")):
        assert read_volume(header(folder, ending, name)).voxels.tobytes() == SECRET


@pytest.mark.parametrize("ending", HEADERS)
def test_data_elsewhere_are_refused(folder, ending):
    (folder / "link.raw").symlink_to(folder.parent / "secret")
    for name in (str(folder.parent / "secret"), "../secret", "inner/secret", "inner/../../secret", "link.raw"):
        refused(header(folder, ending, name), f"a.{ending} names the data file {name!r}, which does not lie")
    refused(header(folder, ending, "absent.raw"), "names the data file 'absent.raw', which is missing")


@pytest.mark.parametrize("ending", HEADERS)
def test_lists_and_patterns_are_refused(folder, ending):
    for name in ("LIST\n../secret\n", "LIST 2\n../secret\n", "%d.raw 1 1 1", "../secret%d 1 2 1"):
        refused(header(folder, ending, name), "spreads its voxels over several files")


def test_a_header_that_hides_the_name_is_refused(folder):
    path = folder / "a.mhd"
    secret = folder.parent / "secret"
    for text in (
        MHD.format(f"LOCAL\rElementDataFile = {secret}"),
        MHD.format("x").replace("NDims", f"Comment = a\rElementDataFile = LOCAL\nElementDataFile = {secret}\nNDims"),
        "\0" + MHD.format(secret),
        "Comment = " + "x" * 2**20 + "\n" + MHD.format(secret),
    ):
        path.write_text(text)
        refused(path, "a.mhd")
    path = folder / "a.nhdr"
    for text in (
        NHDR.format("a.nhdr") + f"data file: {secret}\n",
        NHDR.replace("data file", "datafile").format(secret),
    ):
        path.write_text(text)
        refused(path, "a.nhdr")


@pytest.mark.parametrize("ending", ["mhd", "nhdr"])
def test_short_data_are_told_as_such(folder, ending):
    (folder / "a.raw").write_bytes(SECRET[:-1])
    refused(header(folder, ending, "a.raw"), "a.raw is truncated: it has 23 of 24 bytes")


@pytest.mark.parametrize("ending", ["mha", "nrrd"])
def test_packed_data_are_read_whole_or_refused(folder, ending):
    path = folder / f"a.{ending}"
    voxels = np.random.default_rng(0).integers(0, 255, (9, 8, 7)).astype(np.uint8)
    sitk.WriteImage(sitk.GetImageFromArray(voxels), str(path), useCompression=True)
    np.testing.assert_array_equal(read_volume(path).voxels[0], voxels)
    content = path.read_bytes()
    for bytes_lost in (1, 5, 200):
        path.write_bytes(content[:-bytes_lost])
        refused(path, f"a.{ending}")
    for place in range(len(content) - 300, len(content), 20):
        path.write_bytes(content[:place] + bytes([content[place] ^ 4]) + content[place + 1 :])
        refused(path, f"a.{ending}")


def test_bombs_are_refused(folder):
    large = "30000 30000 2"
    nhdr = NHDR.replace("4 3 2", large).replace("raw", "gzip").format("a.gz")
    (folder / "a.gz").write_bytes(gzip.compress(b"\0" * 2**20) * 8)
    (folder / "a.nhdr").write_text(nhdr)
    refused(folder / "a.nhdr", "claims 1.68 GiB in a file of")
    packed = zlib.compress(b"\0" * 2**20)
    mha = MHD.replace("4 3 2", large).replace(
        "ElementData", f"CompressedData = True\nCompressedDataSize = {len(packed)}\nElementData"
    )
    (folder / "a.mha").write_bytes(mha.format("LOCAL").encode() + packed)
    refused(folder / "a.mha", "claims 1.68 GiB in a file of")


def test_data_that_are_a_pipe_or_a_device_are_refused(folder):
    os.mkfifo(folder / "pipe.raw")
    (folder / "zero.raw").symlink_to("/dev/zero")
    refused(header(folder, "mhd", "pipe.raw"), "pipe.raw")
    refused(header(folder, "mhd", "zero.raw"), "zero.raw")


@pytest.mark.parametrize("ending", HEADERS)
def test_the_files_of_a_scan_are_its_header_and_the_data_beside_it(folder, ending):
    (folder / "b.raw").write_bytes(SECRET)
    path = header(folder, ending, "b.raw")
    assert files_of(path) == (path, folder / "b.raw")
    with pytest.raises(AlsegError, match="does not lie in the same folder"):
        files_of(header(folder, ending, "../secret"))
    with pytest.raises(AlsegError, match="spreads its voxels"):
        files_of(header(folder, ending, "%d.raw 1 1000000000000 1"))


@pytest.mark.parametrize("named", ["hdr", "img"])
def test_the_other_file_of_a_pair_may_be_no_link_to_elsewhere(folder, named):
    sitk.WriteImage(sitk.GetImageFromArray(np.ones((2, 3, 4), np.uint8)), str(folder / "a.img"))
    other = folder / ("a.hdr" if named == "img" else "a.img")
    other.rename(folder.parent / other.name)
    other.symlink_to(folder.parent / other.name)
    refused(folder / f"a.{named}", "does not lie in the same folder")
