"""Pipes, devices, sparse files and bombs end in one sentence, before memory or patience does."""

import gzip
import os
import socket
import tracemalloc

import nibabel
import numpy as np
import pytest
from alseg_datasets.images import read_volume
from alseg_datasets.regular_file import Content, check_size

from alcore import AlsegError

NAMES = ("scan.nii", "scan.nii.gz", "scan.nrrd", "scan.mha", "scan.png", "scan.tif", "scan.dcm")


def refused(path, sentence):
    tracemalloc.start()
    try:
        with pytest.raises(AlsegError, match=sentence) as caught:
            read_volume(path)
        assert tracemalloc.get_traced_memory()[1] < 2**27
    finally:
        tracemalloc.stop()
    assert str(path) in caught.value.message
    assert "\n" not in caught.value.message


def nifti_header(shape, dtype=np.int16):
    header = nibabel.Nifti1Header()
    header.set_data_dtype(dtype)
    header.set_data_shape(shape)
    header.set_data_offset(352)
    return header.binaryblock + b"\0" * 4


@pytest.mark.parametrize("name", NAMES)
def test_pipes_devices_and_missing_files_are_refused(tmp_path, name):
    path = tmp_path / name
    refused(path, "is missing")
    os.mkfifo(path)
    refused(path, "no regular file, but a named pipe")
    path.unlink()
    path.symlink_to("/dev/zero")
    refused(path, "no regular file, but a device")


def test_a_socket_is_refused(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with socket.socket(socket.AF_UNIX) as end:
        end.bind("scan.nii")
        refused(tmp_path / "scan.nii", "but a socket")


@pytest.mark.parametrize("name", NAMES)
def test_a_sparse_file_of_ten_terabytes_is_refused(tmp_path, name):
    path = tmp_path / name
    path.write_bytes(nifti_header((4, 4, 4)))
    os.truncate(path, 10**13)
    refused(path, r"claims 9\.31e\+03 GiB in a file of \d+ bytes")


def bomb(size):
    """A gzip file of zeros, made without unpacking it."""
    block = gzip.compress(b"\0" * 2**24)
    return block * (size // 2**24)


def test_gzip_data_beyond_what_the_header_tells_are_never_unpacked(tmp_path):
    path = tmp_path / "scan.nii.gz"
    path.write_bytes(gzip.compress(nifti_header((4, 4, 4))) + bomb(2**32))
    refused(path, "more bytes than the 480 that its header tells of")


def test_a_header_that_claims_gigabytes_is_refused_before_they_are_unpacked(tmp_path):
    path = tmp_path / "scan.nii.gz"
    path.write_bytes(gzip.compress(nifti_header((1024, 1024, 2048))) + bomb(2**32))
    refused(path, "claims 4 GiB in a file of")


def test_what_neither_disk_nor_memory_bears_out_is_refused(tmp_path):
    check_size(tmp_path, 2**30, 100)
    check_size(tmp_path, 2**30 + 50, 2**30)
    with pytest.raises(AlsegError, match="claims 1 GiB in a file of 100 bytes"):
        check_size(tmp_path, 2**30 + 1, 100)
    with pytest.raises(AlsegError, match=r"needs .* GiB of memory, and .* GiB are free"):
        check_size(tmp_path, 2**60, 2**60)


@pytest.mark.parametrize("cut", [10, 600, -9, -1])
def test_several_gzip_members_and_padding_are_read_whole_or_refused(tmp_path, cut):
    path = tmp_path / "scan.nii.gz"
    content = np.random.default_rng(0).bytes(2000)
    whole = gzip.compress(content[:700]) + gzip.compress(content[700:])
    path.write_bytes(whole + b"\0" * 512)
    assert Content(path).exactly(2000) == content
    assert Content(path).start(540) == content[:540]
    path.write_bytes(whole[:cut])
    with pytest.raises(AlsegError, match="truncated"):
        Content(path).exactly(2000)


@pytest.mark.parametrize(("value", "sentence"), [(1e39, "1 voxels beyond 3.4e38"), (np.inf, "1 NaN or infinite")])
def test_a_voxel_that_float32_does_not_hold_is_refused(tmp_path, value, sentence):
    voxels = np.zeros((4, 4, 4))
    voxels[1, 2, 3] = value
    nibabel.save(nibabel.Nifti1Image(voxels, np.eye(4)), tmp_path / "scan.nii")
    refused(tmp_path / "scan.nii", sentence)
