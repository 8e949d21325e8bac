"""Downloads go on where they stopped, are checked, and nothing is unpacked outside its folder. Servers are local."""

import hashlib
import http.server
import io
import os
import subprocess
import sys
import tarfile
import threading

import pytest

from alcore import AlsegError, SourceArchive
from alcore.acquisition.download import download
from alcore.acquisition.extract import extract
from alcore.acquisition.fetch import fetch

CONTENT = bytes(range(256)) * 1200


class Server(http.server.ThreadingHTTPServer):
    """Serves ``files`` by path. ``break_after`` lists after how many bytes answers break off, in order."""

    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.files, self.ranges, self.break_after, self.asked, self.etag = {}, True, [], [], '"first"'
        self.statuses = []

    def url(self, name):
        return f"http://127.0.0.1:{self.server_port}/{name}"


class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        server = self.server
        asked = self.headers.get("Range")
        server.asked.append(asked)
        content = server.files.get(self.path.lstrip("/"))
        status = server.statuses.pop(0) if server.statuses else 200 if content is not None else 404
        if status != 200:
            return self.send_error(status)
        start, total = 0, len(content)
        if asked and server.ranges and self.headers.get("If-Range") == server.etag:
            start = int(asked.removeprefix("bytes=").rstrip("-"))
            if start >= total:
                return self.send_error(416)
            self.send_response(206)
            self.send_header("Content-Range", f"bytes {start}-{total - 1}/{total}")
        else:
            self.send_response(200)
        self.send_header("ETag", server.etag)
        self.send_header("Content-Length", str(total - start))
        self.end_headers()
        end = start + server.break_after.pop(0) if server.break_after else total
        self.wfile.write(content[start:end])

    def log_message(self, *arguments):
        pass


@pytest.fixture
def server():
    with Server() as running:
        threading.Thread(target=running.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        running.files["x.tar"] = CONTENT
        yield running
        running.shutdown()


def md5(content):
    return hashlib.md5(content).hexdigest()


def test_a_file_arrives_whole_with_its_progress(server, tmp_path):
    told = []
    download([server.url("x.tar")], tmp_path / "new" / "x.tar", md5(CONTENT), lambda *step: told.append(step))
    assert (tmp_path / "new" / "x.tar").read_bytes() == CONTENT
    assert [path.name for path in (tmp_path / "new").iterdir()] == ["x.tar"]
    assert told[0] == (0, len(CONTENT))
    assert told[-1] == (len(CONTENT), len(CONTENT))


def test_a_download_that_breaks_off_goes_on_where_it_stopped(server, tmp_path):
    server.break_after = [100_000, 70_000]
    download([server.url("x.tar")], tmp_path / "x.tar", md5(CONTENT), pause=0)
    assert (tmp_path / "x.tar").read_bytes() == CONTENT
    assert server.asked == [None, "bytes=65536-", "bytes=131072-"]


def test_a_later_call_goes_on_where_an_earlier_one_gave_up(server, tmp_path):
    server.break_after = [100_000, *[0] * 4]
    with pytest.raises(AlsegError, match=r"x.tar could not be downloaded .*broke off") as caught:
        download([server.url("x.tar")], tmp_path / "x.tar", md5(CONTENT), pause=0)
    assert "goes on where it stopped" in caught.value.hint
    assert not (tmp_path / "x.tar").exists()
    assert (tmp_path / "x.tar.part").stat().st_size == 65536
    server.asked.clear()
    download([server.url("x.tar")], tmp_path / "x.tar", md5(CONTENT), pause=0)
    assert server.asked == ["bytes=65536-"]
    assert (tmp_path / "x.tar").read_bytes() == CONTENT


def test_a_server_that_cannot_go_on_gives_the_whole_file_again(server, tmp_path):
    server.ranges, server.break_after = False, [100_000]
    download([server.url("x.tar")], tmp_path / "x.tar", md5(CONTENT), pause=0)
    assert (tmp_path / "x.tar").read_bytes() == CONTENT
    assert server.asked == [None, "bytes=65536-"]


def test_a_file_that_changed_meanwhile_is_not_mixed_with_what_was_there(server, tmp_path):
    server.break_after = [100_000, *[0] * 4]
    with pytest.raises(AlsegError):
        download([server.url("x.tar")], tmp_path / "x.tar", pause=0)
    server.files["x.tar"], server.etag = CONTENT[::-1], '"second"'
    download([server.url("x.tar")], tmp_path / "x.tar", pause=0)
    assert (tmp_path / "x.tar").read_bytes() == CONTENT[::-1]


def test_a_part_that_is_longer_than_the_file_is_dropped(server, tmp_path):
    (tmp_path / "x.tar.part").write_bytes(CONTENT * 2)
    (tmp_path / "x.tar.part.tag").write_text(f"{server.url('x.tar')}\n{server.etag}")
    download([server.url("x.tar")], tmp_path / "x.tar", md5(CONTENT), pause=0)
    assert (tmp_path / "x.tar").read_bytes() == CONTENT


def test_a_wrong_checksum_is_refused_and_nothing_kept(server, tmp_path):
    with pytest.raises(AlsegError, match=f"has the checksum {md5(CONTENT)}, not {md5(b'other')}"):
        download([server.url("x.tar")], tmp_path / "x.tar", md5(b"other"))
    assert [path.name for path in tmp_path.iterdir() if path.suffix != ".tag"] == []


def test_places_are_tried_in_turn_and_each_refusal_is_named(server, tmp_path):
    download([server.url("gone.tar"), server.url("x.tar")], tmp_path / "x.tar")
    assert (tmp_path / "x.tar").read_bytes() == CONTENT
    server.statuses = [404, 403]
    with pytest.raises(AlsegError) as caught:
        download([server.url("a.tar"), server.url("b.tar")], tmp_path / "y.tar")
    for reason in ("a.tar: the server answers 404", "b.tar: the server answers 403"):
        assert reason in caught.value.message


def test_a_busy_server_is_asked_again(server, tmp_path):
    server.statuses = [503, 503]
    download([server.url("x.tar")], tmp_path / "x.tar", pause=0)
    assert len(server.asked) == 3


def test_a_server_that_is_not_there_is_named(tmp_path):
    with pytest.raises(AlsegError, match="the server cannot be reached"):
        download(["http://127.0.0.1:9/x.tar"], tmp_path / "x.tar", pause=0)


FULL_DISK = """
import resource, sys
from pathlib import Path
from alcore import AlsegError
from alcore.acquisition.download import download

resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))
try:
    download([sys.argv[1]], Path(sys.argv[2]))
except AlsegError as error:
    print(error.message)
"""


def test_a_disk_that_fills_up_while_downloading_is_said(server, tmp_path):
    command = [sys.executable, "-c", FULL_DISK, server.url("x.tar"), str(tmp_path / "x.tar")]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("COVERAGE")}
    result = subprocess.run(command, capture_output=True, encoding="utf-8", check=False, env=environment)
    assert (result.returncode, result.stderr) == (0, "")
    assert "no space is left" in result.stdout
    assert not (tmp_path / "x.tar").exists()


def test_a_disk_without_room_for_it_is_said_before_anything_is_downloaded(server, tmp_path, monkeypatch):
    monkeypatch.setattr("alcore.acquisition.download.shutil.disk_usage", lambda folder: Full)
    with pytest.raises(AlsegError, match=r"GB free; the download needs .* GB more"):
        download([server.url("x.tar")], tmp_path / "x.tar")


class Full:
    free = 1000


def archive(path, members=(), mode="w", folder="Task"):
    """A tar archive with a file, a folder, and whatever else a test wants in it."""
    with tarfile.open(path, mode) as tar:
        for name in (f"{folder}/dataset.json", f"{folder}/imagesTr/a b ü.nii.gz", f"{folder}/imagesTr/._a.nii.gz"):
            add(tar, name, CONTENT)
        for member, content in members:
            tar.addfile(member, io.BytesIO(content))
    return path


def add(tar, name, content):
    member = tarfile.TarInfo(name)
    member.size = len(content)
    tar.addfile(member, io.BytesIO(content))


def special(name, kind, link=""):
    member = tarfile.TarInfo(name)
    member.type, member.linkname = kind, link
    return member


@pytest.mark.parametrize("mode", ["w", "w:gz", "w:xz"])
def test_an_archive_is_unpacked_without_what_apple_added(tmp_path, mode):
    extract(archive(tmp_path / "x.tar", mode=mode), "Task", tmp_path / "out")
    assert (tmp_path / "out" / "imagesTr" / "a b ü.nii.gz").read_bytes() == CONTENT
    assert sorted(path.name for path in tmp_path.rglob("*")) == [
        "a b ü.nii.gz",
        "dataset.json",
        "imagesTr",
        "out",
        "x.tar",
    ]


@pytest.mark.parametrize(
    ("member", "sentence"),
    [
        (tarfile.TarInfo("../outside"), "would leave the target folder"),
        (tarfile.TarInfo("Task/../../outside"), "would leave the target folder"),
        (tarfile.TarInfo("Task\\..\\..\\outside"), "would leave the target folder"),
        (tarfile.TarInfo("/outside"), "would leave the target folder"),
        (tarfile.TarInfo("C:/outside"), "would leave the target folder"),
        (special("Task/link", tarfile.SYMTYPE, "/etc/passwd"), "which is a link"),
        (special("Task/link", tarfile.SYMTYPE, "dataset.json"), "which is a link"),
        (special("Task/link", tarfile.LNKTYPE, "../outside"), "which is a link"),
        (special("Task/device", tarfile.CHRTYPE), "which is a device"),
        (special("Task/device", tarfile.BLKTYPE), "which is a device"),
        (special("Task/pipe", tarfile.FIFOTYPE), "which is a device"),
    ],
)
def test_members_that_are_no_file_within_the_folder_are_refused_and_nothing_is_kept(tmp_path, member, sentence):
    (tmp_path / "in").mkdir()
    path = archive(tmp_path / "in" / "x.tar", [(member, b"")])
    with pytest.raises(AlsegError, match=sentence) as caught:
        extract(path, "Task", tmp_path / "in" / "out")
    assert repr(member.name) in caught.value.message
    assert [str(found.relative_to(tmp_path)) for found in tmp_path.rglob("*")] == ["in", "in/x.tar"]


@pytest.mark.parametrize("mode", ["w", "w:gz"])
@pytest.mark.parametrize("kept", [0.05, 0.5, 0.8])
def test_a_truncated_archive_is_refused_and_nothing_is_kept(tmp_path, mode, kept):
    path = archive(tmp_path / "x.tar", mode=mode)
    path.write_bytes(path.read_bytes()[: int(path.stat().st_size * kept)])
    with pytest.raises(AlsegError, match="truncated, damaged or no tar archive"):
        extract(path, "Task", tmp_path / "out")
    assert [found.name for found in tmp_path.iterdir()] == ["x.tar"]


def test_an_archive_of_something_else_is_refused(tmp_path):
    with pytest.raises(AlsegError, match="has no folder Task"):
        extract(archive(tmp_path / "x.tar", folder="Other"), "Task", tmp_path / "out")
    (tmp_path / "y.tar").write_text("<html>not found</html>")
    with pytest.raises(AlsegError, match="no tar archive"):
        extract(tmp_path / "y.tar", "Task", tmp_path / "out")


def test_fetching_downloads_checks_unpacks_and_does_so_once(server, tmp_path):
    server.files["Task.tar"] = archive(tmp_path / "made.tar").read_bytes()
    source = SourceArchive((server.url("Task.tar"),), "Task", md5(server.files["Task.tar"]), "", "")
    for _ in range(2):
        assert fetch(source, tmp_path / "to", pause=0) == tmp_path / "to" / "Task"
    assert len(server.asked) == 1
    assert (tmp_path / "to" / "Task" / "dataset.json").read_bytes() == CONTENT
    assert not (tmp_path / "to" / "Task.tar").exists()


def test_an_archive_that_lies_there_already_is_checked_and_used(server, tmp_path):
    source = SourceArchive((server.url("Task.tar"),), "Task", md5(archive(tmp_path / "Task.tar").read_bytes()), "", "")
    (tmp_path / "Task.tar").write_bytes((tmp_path / "Task.tar").read_bytes() + b"x")
    with pytest.raises(AlsegError, match="has another checksum"):
        fetch(source, tmp_path)
    archive(tmp_path / "Task.tar")
    fetch(source, tmp_path, keep_archive=True)
    assert (tmp_path / "Task.tar").exists()
    assert server.asked == []
