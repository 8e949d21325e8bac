"""One process at a time, on disks that lock files and on those that cannot."""

import errno
import fcntl
import logging
import os

import pytest

from alcore.errors import AlsegError
from alcore.locks import held, is_lock


def test_a_second_holder_is_told_what_the_first_one_does(tmp_path):
    with (
        held(tmp_path / ".lock", "running a"),
        pytest.raises(AlsegError, match="another process is running a"),
        held(tmp_path / ".lock", "running a"),
    ):
        pass
    with held(tmp_path / ".lock", "running a"):
        pass


@pytest.mark.parametrize("code", [errno.ENOLCK, errno.ENOSYS, errno.EOPNOTSUPP, errno.EINVAL], ids=errno.errorcode.get)
def test_a_disk_that_cannot_lock_is_told_and_two_processes_are_kept_apart_all_the_same(
    tmp_path, monkeypatch, caplog, code
):
    def refuse(*_arguments):
        raise OSError(code, os.strerror(code))

    monkeypatch.setattr(fcntl, "flock", refuse)
    with caplog.at_level(logging.WARNING), held(tmp_path / ".lock", "running a"):
        assert [record.getMessage() for record in caplog.records] == [
            f"the disk of {tmp_path} cannot lock files: {tmp_path}/.lock.held stands for the lock, and has to be "
            "removed if this process is killed"
        ]
        assert all(map(is_lock, tmp_path.iterdir()))
        with pytest.raises(AlsegError, match="another process is running a"), held(tmp_path / ".lock", "running a"):
            pass
    assert not (tmp_path / ".lock.held").exists()


def test_a_disk_that_fails_to_lock_is_one_sentence(tmp_path, monkeypatch):
    def refuse(*_arguments):
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    monkeypatch.setattr(fcntl, "flock", refuse)
    with pytest.raises(AlsegError, match="the disk reports a fault"), held(tmp_path / ".lock", "running a"):
        pass


@pytest.mark.parametrize("there", [True, False])
def test_a_planted_link_is_not_locked(tmp_path, there):
    precious = tmp_path / "precious.txt"
    if there:
        precious.write_text("mine")
    (tmp_path / ".lock").symlink_to(precious)
    with pytest.raises(AlsegError, match="is no file, but a link"), held(tmp_path / ".lock", "running a"):
        pass
    assert precious.exists() == there


def test_a_folder_in_the_place_of_a_lock_is_named(tmp_path):
    (tmp_path / ".lock").mkdir()
    with pytest.raises(AlsegError, match="is no file, but"), held(tmp_path / ".lock", "running a"):
        pass
