"""Whole or absent, never through a link, and one sentence for whatever a disk refuses."""

import errno
import os
import resource
import subprocess
from pathlib import Path

import pytest

from alcore.errors import AlsegError
from alcore.files import (
    check_can_be_made,
    disk_errors,
    make_folder,
    make_own_folder,
    no_follow,
    read_text,
    remove_leftovers,
    renamed_to,
    write_atomically,
    write_text,
)

REFUSALS = {
    errno.ENOSPC: "no space is left on the disk",
    errno.EDQUOT: "your quota is used up",
    errno.EFBIG: "no space is left",
    errno.EROFS: "the disk is read-only",
    errno.EACCES: "you have no permission",
    errno.EIO: "the disk reports a fault",
    errno.ESTALE: "the network disk was away",
    errno.EMFILE: "too many files open",
    errno.ENXIO: os.strerror(errno.ENXIO),
}


@pytest.mark.parametrize("call", ["fsync", "replace"])
@pytest.mark.parametrize("code", REFUSALS, ids=errno.errorcode.get)
def test_what_the_disk_refuses_is_one_sentence_and_the_old_file_stays(tmp_path, monkeypatch, code, call):
    write_text(tmp_path / "a.txt", "old")

    def refuse(*_arguments):
        raise OSError(code, os.strerror(code))

    monkeypatch.setattr(os, call, refuse)
    with pytest.raises(AlsegError, match=REFUSALS[code]) as raised:
        write_text(tmp_path / "a.txt", "new")
    monkeypatch.undo()
    assert str(tmp_path / "a.txt") in raised.value.message
    assert raised.value.hint
    assert {path.name: path.read_text() for path in tmp_path.iterdir()} == {"a.txt": "old"}


def test_a_writer_that_hides_the_error_of_the_disk_is_found_out(tmp_path):
    def write(file):
        for _ in range(3):
            file.write(bytes(2000))
        raise RuntimeError("unexpected pos 4000 vs 3904")  # as torch says it, which asks the file where it is

    most, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (3000, hard))
    try:
        with pytest.raises(AlsegError, match="no space is left"):
            write_atomically(tmp_path / "a.bin", write)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (most, hard))
    assert list(tmp_path.iterdir()) == []


def test_an_error_of_the_writer_keeps_its_kind_and_leaves_nothing(tmp_path):
    def write(file):
        file.write(b"half")
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        write_atomically(tmp_path / "a.bin", write)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("there", [True, False])
def test_a_link_in_the_place_of_a_file_is_replaced_and_not_followed(tmp_path, there):
    precious, link = tmp_path / "precious.txt", tmp_path / "link.txt"
    if there:
        precious.write_text("mine")
    link.symlink_to(precious)
    write_text(link, "new")
    assert not link.is_symlink()
    assert link.read_text() == "new"
    assert [path.read_text() for path in tmp_path.iterdir() if path == precious] == ["mine"] * there


def test_a_growing_file_is_not_opened_through_a_link(tmp_path):
    (tmp_path / "link").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(AlsegError, match="symbolic link"), disk_errors(tmp_path / "link"):
        no_follow(str(tmp_path / "link"), os.O_CREAT | os.O_WRONLY)
    assert not (tmp_path / "elsewhere").exists()


def test_a_folder_of_alsegs_own_may_be_no_link(tmp_path):
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "own").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(AlsegError, match="own is a symbolic link"):
        make_own_folder(tmp_path / "own")
    make_own_folder(tmp_path / "other" / "own")
    assert (tmp_path / "other" / "own").is_dir()


def test_what_a_killed_process_left_is_removed_and_nothing_else(tmp_path):
    (tmp_path / ".tmp-0123abcd-rounds.jsonl").touch()
    for name in ("rounds.jsonl", ".tmp-mine", ".rounds.jsonl.tmp"):
        (tmp_path / name).touch()
    remove_leftovers(tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == [".rounds.jsonl.tmp", ".tmp-mine", "rounds.jsonl"]


@pytest.mark.parametrize("make", [Path.touch, Path.mkdir])
def test_what_a_process_killed_long_ago_left_of_a_file_is_removed_when_that_is_written_again(tmp_path, make):
    for name in (".tmp-0123abcd-page.html", ".tmp-0123abcd-other.html", ".tmp-9876dcba-page.html"):
        make(tmp_path / name)
    for name in (".tmp-0123abcd-page.html", ".tmp-0123abcd-other.html"):
        os.utime(tmp_path / name, (0, 0))
    write_text(tmp_path / "page.html", "new")
    left = sorted(path.name for path in tmp_path.iterdir())
    assert left == [".tmp-0123abcd-other.html", ".tmp-9876dcba-page.html", "page.html"]


def test_a_folder_is_made_whole_or_not_at_all(tmp_path):
    (tmp_path / "in the way").mkdir()
    (tmp_path / "in the way" / "mine.txt").touch()
    with pytest.raises(OSError, match="not empty"), renamed_to(tmp_path / "in the way") as draft:
        draft.mkdir()
    assert [path.name for path in tmp_path.rglob("*")] == ["in the way", "mine.txt"]
    with renamed_to(tmp_path / "whole") as draft:
        draft.mkdir()
        (draft / "all.txt").touch()
    assert [path.name for path in (tmp_path / "whole").iterdir()] == ["all.txt"]


def test_a_file_that_claims_terabytes_is_not_read(tmp_path):
    with (tmp_path / "holes").open("wb") as file:
        file.truncate(1 << 43)
    with pytest.raises(AlsegError, match=r"cannot read .*holes: it has 8796093022208 bytes"):
        read_text(tmp_path / "holes")


def test_a_folder_below_a_file_cannot_be_made(tmp_path):
    (tmp_path / "file").touch()
    for check in (check_can_be_made, make_folder):
        with pytest.raises(AlsegError, match=r"folder|cannot be written"):
            check(tmp_path / "file" / "run")
    check_can_be_made(tmp_path / "a" / "b")
    assert not (tmp_path / "a").exists()


def test_what_is_no_file_is_not_waited_for(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    for name in ("pipe", "."):
        with pytest.raises(AlsegError, match="it is no file"):
            read_text(tmp_path / name)


def test_junk_and_absent_files_are_named(tmp_path):
    (tmp_path / "junk").write_bytes(b"ab\xff")
    with pytest.raises(AlsegError, match="junk is damaged: byte 2 is not UTF-8"):
        read_text(tmp_path / "junk")
    with pytest.raises(AlsegError, match=r"cannot read .*absent: No such file"):
        read_text(tmp_path / "absent")


def test_a_full_disk_is_said_of_a_real_one(tmp_path):
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(tmp_path)], capture_output=True, check=False
    )
    if mounted.returncode:
        pytest.skip("a small disk can only be mounted by root")
    try:
        write_text(tmp_path / "a.txt", "old")
        with pytest.raises(AlsegError, match="no space is left on the disk"):
            write_text(tmp_path / "a.txt", "new" * 100_000)
        assert {path.name: path.read_text() for path in tmp_path.iterdir()} == {"a.txt": "old"}
    finally:
        subprocess.run(["umount", str(tmp_path)], check=True)
