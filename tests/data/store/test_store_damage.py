"""A damaged store says so and names the scan; it is never half-read."""

import h5py
import numpy as np
import pytest

from alcore import AlsegError
from alcore.store.reader import SliceStore
from alcore.store.summary import summarise
from alcore.store.verify import verify


def flip(path, place):
    content = bytearray(path.read_bytes())
    content[place] ^= 0xFF
    path.write_bytes(content)


def place_of(path, scan, name, position):
    """Offset of a slice's chunk in the file."""
    with h5py.File(path) as file:
        return file["scans"][scan][name].id.get_chunk_info(position).byte_offset


@pytest.mark.parametrize("name", ["image", "label"])
def test_a_flipped_byte_is_reported_with_its_scan_when_that_slice_is_read(convert_toy, name):
    path = convert_toy()
    flip(path, place_of(path, "scan 3 ü", name, 2))
    with SliceStore.open(path) as store:
        read = store.read_image if name == "image" else store.read_label
        read(2, 2)
        read(3, 1)
        with pytest.raises(AlsegError, match="damaged: scan 'scan 3 ü'"):
            read(3, 2)


def test_verify_names_the_broken_scan(convert_toy):
    path = convert_toy()
    flip(path, place_of(path, "scan 4 ü", "image", 0) + 7)
    with pytest.raises(AlsegError, match="damaged: scan 'scan 4 ü'"):
        verify(path)


def test_verify_finds_voxels_that_were_changed_with_their_checksum(convert_toy):
    path = convert_toy()
    with h5py.File(path, "r+") as file:
        file["scans"]["scan 1 ü"]["label"][0] = 2
    with pytest.raises(AlsegError, match="scan 'scan 1 ü' is not what was written"):
        verify(path)


def test_verify_finds_a_changed_index(convert_toy):
    path = convert_toy()
    with h5py.File(path, "r+") as file:
        file["index"]["split"][0] = "train"
    with pytest.raises(AlsegError, match=r"its index cannot be used \(it is not what was written\)"):
        verify(path)


@pytest.mark.parametrize("share", [0.001, 0.3, 0.99])
def test_a_truncated_store_is_damaged(convert_toy, share):
    path = convert_toy()
    path.write_bytes(path.read_bytes()[: int(path.stat().st_size * share)])
    with pytest.raises(AlsegError, match=r"damaged|not an alseg slice store"):
        SliceStore.open(path)
    assert summarise(path).error


def test_a_missing_scan_is_damage(convert_toy):
    path = convert_toy()
    with h5py.File(path, "r+") as file:
        del file["scans"]["scan 0 ü"]
    with SliceStore.open(path) as store, pytest.raises(AlsegError, match="scan 'scan 0 ü'"):
        store.read_image(0, 0)


def test_a_store_of_another_format_version_is_refused(convert_toy):
    path = convert_toy()
    with h5py.File(path, "r+") as file:
        file.attrs["format_version"] = 99
    with pytest.raises(AlsegError, match="format version 99") as caught:
        SliceStore.open(path)
    assert "convert" in caught.value.hint


def test_other_files_are_no_stores(tmp_path):
    with pytest.raises(AlsegError, match="there is no slice store"):
        SliceStore.open(tmp_path / "none.h5")
    text = tmp_path / "text.h5"
    text.write_text("hello")
    other = tmp_path / "other.h5"
    with h5py.File(other, "w") as file:
        file["x"] = np.zeros(3)
    for path in (text, other):
        with pytest.raises(AlsegError, match="not an alseg slice store"):
            SliceStore.open(path)
    with pytest.raises(AlsegError, match="cannot be read"):
        SliceStore.open(tmp_path)
