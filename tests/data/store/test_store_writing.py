"""A store is whole or absent, and one process writes at a time."""

import errno
import os
import subprocess
import sys
from pathlib import Path

import filelock
import pytest

from alcore import AlsegError
from alcore.files import PatientFile
from alcore.store.early_sync import EarlySync
from alcore.store.writer import StoreExistsError


def leftovers(folder):
    return sorted(path.name for path in folder.iterdir() if path.suffix == ".partial")


def test_an_existing_store_is_not_overwritten_unless_asked(convert_toy):
    path = convert_toy()
    before = path.read_bytes()
    with pytest.raises(StoreExistsError, match="exists already") as caught:
        convert_toy()
    assert "--force" in caught.value.hint
    assert path.read_bytes() == before
    convert_toy(overwrite=True)


@pytest.mark.parametrize("error", [KeyboardInterrupt(), RuntimeError("a bug"), AlsegError("bad file")])
def test_nothing_is_left_when_a_conversion_is_broken_off(toy, convert_toy, tmp_path, error):
    toy.scans["scan 3 ü"] = error
    with pytest.raises(type(error)):
        convert_toy(tmp_path / "stores" / "toy.h5")
    assert leftovers(tmp_path / "stores") == []
    assert not (tmp_path / "stores" / "toy.h5").exists()


def test_a_second_converter_is_told_of_the_first(convert_toy, tmp_path):
    target = tmp_path / "toy.h5"
    with filelock.FileLock(tmp_path / ".toy.h5.lock"), pytest.raises(AlsegError, match="another process is writing"):
        convert_toy(target)
    convert_toy(target)


def test_what_a_killed_conversion_left_is_removed_by_the_next(convert_toy, tmp_path):
    (tmp_path / ".toy.h5.4711.partial").write_bytes(b"half")
    (tmp_path / ".other.h5.4711.partial").write_bytes(b"another conversion's")
    convert_toy(tmp_path / "toy.h5")
    assert leftovers(tmp_path) == [".other.h5.4711.partial"]


FULL_DISK = """
import resource, signal, sys
from pathlib import Path
from alcore import AlsegError, DatasetSpec
from alcore.registry import Registry
from alcore.conversion.convert import Conversion, convert

component = Registry.installed().get(DatasetSpec, "phantom")
limit = int(sys.argv[2])
resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
try:
    convert(component, component.parse_options({}), None, Path(sys.argv[1]), Conversion(overwrite=True))
except AlsegError as error:
    print(error.message)
"""


@pytest.mark.parametrize("limit", [1000, 200_000, 3_900_000])
def test_a_disk_that_fills_up_leaves_the_old_store_as_it_was(convert_toy, tmp_path, limit):
    target = convert_toy(tmp_path / "toy.h5")
    before = target.read_bytes()
    command = [sys.executable, "-c", FULL_DISK, str(target), str(limit)]
    # Coverage would want to write its own file below the same limit.
    environment = {name: value for name, value in os.environ.items() if not name.startswith("COVERAGE")}
    result = subprocess.run(command, capture_output=True, encoding="utf-8", check=False, env=environment)
    assert (result.returncode, result.stderr) == (0, "")
    assert "no space is left" in result.stdout
    assert target.read_bytes() == before
    assert leftovers(tmp_path) == []


def test_a_half_store_that_the_disk_does_not_let_go_is_removed_by_the_next(toy, convert_toy, tmp_path, monkeypatch):
    def refuse(path, missing_ok=False):
        raise OSError(errno.EIO, "Input/output error")

    scan = toy.scans["scan 3 ü"]
    toy.scans["scan 3 ü"] = AlsegError("bad file")
    with monkeypatch.context() as patch:
        patch.setattr(Path, "unlink", refuse)
        with pytest.raises(AlsegError, match="bad file"):
            convert_toy(tmp_path / "toy.h5")
    assert len(leftovers(tmp_path)) == 1
    toy.scans["scan 3 ü"] = scan
    convert_toy(tmp_path / "toy.h5")
    assert leftovers(tmp_path) == []


def test_a_folder_that_cannot_be_written_is_named(convert_toy, tmp_path):
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(AlsegError, match="cannot be written"):
        convert_toy(tmp_path / "file" / "toy.h5")


def test_a_failed_sync_in_the_background_is_the_next_ones_error(tmp_path, monkeypatch):
    def fail(descriptor):
        raise OSError(errno.EIO, "Input/output error")

    with PatientFile(tmp_path / "file", "x+b") as file:
        early = EarlySync(file, every=100)
        monkeypatch.setattr(os, "fsync", fail)
        file.write(b"x" * 99)
        early.advance()
        early.finish()
        file.write(b"x")
        early.advance()
        with pytest.raises(OSError, match="Input/output"):
            early.finish()
        early.close()
