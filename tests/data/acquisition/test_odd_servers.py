"""A server may say anything, or nothing: a download ends in one sentence, in time, and keeps what was there."""

import hashlib
import itertools
import socket
import threading
import time
from contextlib import suppress

import pytest

from alcore import AlsegError, SourceArchive
from alcore.acquisition.download import download
from alcore.acquisition.fetch import Place, archive_of, fetch

CONTENT = bytes(range(256)) * 1200
PATIENCE = 0.3


class Server:
    """Answers each connection, after the request has arrived, with what ``answer(request)`` yields, piece by piece."""

    def __init__(self):
        self.answer, self.asked = None, []
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._socket.getsockname()[1]}/x.tar"
        threading.Thread(target=self._listen, daemon=True).start()

    def close(self):
        self._socket.close()

    def _listen(self):
        with suppress(OSError):
            while True:
                connection, _ = self._socket.accept()
                threading.Thread(target=self._reply, args=(connection,), daemon=True).start()

    def _reply(self, connection):
        with connection, suppress(OSError):
            request = connection.recv(65536).decode()
            self.asked.append(request)
            for piece in self.answer(request):
                connection.sendall(piece)


@pytest.fixture
def server():
    running = Server()
    yield running
    running.close()


def reply(status="200 OK", *headers, body=CONTENT):
    """A whole answer in one piece."""
    head = "\r\n".join([f"HTTP/1.1 {status}", *headers, "Connection: close", "", ""])
    return lambda request: [head.encode("latin-1") + body]


def pause():
    """Five seconds of nothing."""
    time.sleep(5)
    yield b""


def drops(*pieces):
    """One byte now and then, without end."""
    yield from pieces
    while True:
        time.sleep(PATIENCE / 4)
        yield b"x"


LENGTH = f"Content-Length: {len(CONTENT)}"
ANSWERS = {
    "two lengths": (reply("200 OK", LENGTH, LENGTH), "says that '307200, 307200' bytes are to come"),
    "a length that is a word": (reply("200 OK", "Content-Length: abc"), "says that 'abc' bytes"),
    "a negative length": (reply("200 OK", "Content-Length: -5"), "says that '-5' bytes"),
    "a length of many digits": (reply("200 OK", "Content-Length: " + "9" * 60), "says that '9999"),
    "a part unasked": (reply("206 Partial Content", LENGTH), "a part of the file, which it was not asked for"),
    "a part unasked, in the middle": (
        reply("206 Partial Content", LENGTH, "Content-Range: bytes 5-9/10"),
        "a part of the file, which it was not asked for",
    ),
    "no such range": (reply("416 Range Not Satisfiable"), "the server answers 416"),
    "packed on the way": (reply("200 OK", "Content-Encoding: gzip", LENGTH), "packs the file on the way"),
    "redirected without end": (reply("302 Found", "Location: /y.tar"), "Exceeded 30 redirects|does not answer"),
    "redirected to a file": (reply("302 Found", "Location: file:///etc/passwd"), "No connection adapters"),
    "escape codes": (reply("403 \x1b[31mred\x07"), r"the server answers 403 \[31mred"),
    "something else than HTTP": (lambda request: [b"220 ftp.example.org ready\r\n"], "breaks off without an answer"),
    "nothing": (lambda request: [], "breaks off without an answer"),
    "fewer bytes": (reply("200 OK", LENGTH, body=CONTENT[:70_000]), "broke off"),
    "endless header": (lambda request: itertools.repeat(b"X-a: " + b"b" * 60_000 + b"\r\n", 500), "breaks off"),
    "no answer": (lambda request: pause(), "the server does not answer"),
    "an answer in drops": (lambda request: drops(b"HTTP/1.1 200 OK\r\nX-a: "), "the server does not answer"),
    "a body in drops": (
        lambda request: drops(f"HTTP/1.1 200 OK\r\n{LENGTH}\r\n\r\n".encode()),
        "less than 64 KiB arrived in 0.3 s",
    ),
    "a body that stops": (
        lambda request: itertools.chain([f"HTTP/1.1 200 OK\r\n{LENGTH}\r\n\r\n".encode()], pause()),
        "less than 64 KiB arrived in 0.3 s",
    ),
}


@pytest.mark.parametrize("case", ANSWERS)
def test_an_odd_answer_ends_in_one_sentence_in_time(server, tmp_path, case):
    server.answer, sentence = ANSWERS[case]
    (tmp_path / "earlier").write_bytes(b"kept")
    started = time.monotonic()
    with pytest.raises(AlsegError, match=sentence) as caught:
        download([server.url], tmp_path / "x.tar", pause=0, patience=PATIENCE)
    assert time.monotonic() - started < 10
    assert server.url in caught.value.message
    assert "\x1b" not in caught.value.message
    assert not (tmp_path / "x.tar").exists()
    assert (tmp_path / "earlier").read_bytes() == b"kept"


def test_a_silent_place_is_followed_by_the_next(server, tmp_path):
    server.answer = lambda request: pause() if "first" in request else reply("200 OK", LENGTH)(request)
    download([server.url.replace("x.tar", "first.tar"), server.url], tmp_path / "x.tar", pause=0, patience=PATIENCE)
    assert (tmp_path / "x.tar").read_bytes() == CONTENT


def test_a_slow_server_is_waited_for_as_long_as_it_moves(server, tmp_path):
    def answer(request):
        yield f"HTTP/1.1 200 OK\r\n{LENGTH}\r\n\r\n".encode()
        for start in range(0, len(CONTENT), 1 << 16):
            time.sleep(PATIENCE / 2)
            yield CONTENT[start : start + (1 << 16)]

    server.answer = answer
    download([server.url], tmp_path / "x.tar", pause=0, patience=PATIENCE)
    assert (tmp_path / "x.tar").read_bytes() == CONTENT
    assert len(server.asked) == 1


def test_a_part_that_the_server_cannot_go_on_with_is_begun_anew(server, tmp_path):
    (tmp_path / "x.tar.part").write_bytes(b"x" * 100)
    (tmp_path / "x.tar.part.tag").write_text(f'{server.url}\n"tag"')
    server.answer = lambda request: (
        reply("416 Range Not Satisfiable") if "Range:" in request else reply("200 OK", LENGTH)
    )(request)
    download([server.url], tmp_path / "x.tar", pause=0)
    assert (tmp_path / "x.tar").read_bytes() == CONTENT


def test_a_tag_that_is_no_text_is_as_good_as_none(server, tmp_path):
    (tmp_path / "x.tar.part").write_bytes(b"x" * 100)
    (tmp_path / "x.tar.part.tag").write_bytes(b"\xff\xfe")
    server.answer = reply("200 OK", LENGTH)
    download([server.url], tmp_path / "x.tar", pause=0)
    assert (tmp_path / "x.tar").read_bytes() == CONTENT


@pytest.mark.parametrize("name", ["x.tar", "x.tar.part", "x.tar.part.tag"])
@pytest.mark.parametrize("kind", ["folder", "link"])
def test_a_folder_or_link_in_the_place_of_a_file_is_refused(server, tmp_path, name, kind):
    (tmp_path / "precious").write_bytes(b"kept")
    if kind == "folder":
        (tmp_path / name).mkdir()
    else:
        (tmp_path / name).symlink_to(tmp_path / "precious")
    server.answer = reply("200 OK", LENGTH)
    source = SourceArchive((server.url,), "Task", hashlib.md5(CONTENT).hexdigest(), "", "")
    with pytest.raises(AlsegError, match=rf"{name} is no file"):
        download([server.url], tmp_path / "x.tar")
    with pytest.raises(AlsegError, match=rf"{name} (is no file|has another checksum)"):
        fetch(source, tmp_path)
    assert server.asked == []
    assert (tmp_path / "precious").read_bytes() == b"kept"


def test_a_file_in_the_place_of_the_folder_is_refused(server, tmp_path):
    (tmp_path / "Task").write_bytes(b"kept")
    with pytest.raises(AlsegError, match="Task is no folder"):
        fetch(SourceArchive((server.url,), "Task", "", "", ""), tmp_path)
    assert (tmp_path / "Task").read_bytes() == b"kept"


class Component:
    """What :func:`archive_of` asks of a component."""

    class spec:
        name = "task"

    def parse_options(self, values):
        return values

    def build(self, options):
        return self

    def archive(self):
        return SourceArchive(("https://example.org/Task.tar",), "Task", "", "", "")


@pytest.mark.parametrize(
    "mirror",
    [
        "http://[::1/x.tar",
        "http://host:port/x.tar",
        "http://host:99999/x.tar",
        "http:///x.tar",
        "ftp://host/x.tar",
        "x.tar",
    ],
)
def test_an_address_that_is_none_is_refused(mirror):
    with pytest.raises(AlsegError, match="is no address"):
        archive_of(Component(), Place(mirror))


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ('[task]\nurls = ["https://host/"]', "is the address of no file"),
        ('[task]\nurls = ["https://host/a/.."]', "is the address of no file"),
        (f'[task]\nurls = ["https://host/{"x" * 300}"]', "is the address of no file"),
        ('[task]\nurls = ["https://host/x.tar"]\nfolder = "../up"', "is no folder within an archive"),
        ('[task]\nurls = ["https://host/x.tar"]\nfolder = "/etc"', "is no folder within an archive"),
        ("a = " + "[" * 5000, "cannot be read as TOML"),
        ("\udcff", "cannot be read as TOML"),
    ],
)
def test_a_file_of_archives_that_leads_nowhere_is_refused(tmp_path, text, sentence):
    path = tmp_path / "archives.toml"
    path.write_bytes(text.encode(errors="surrogateescape"))
    with pytest.raises(AlsegError, match=sentence):
        archive_of(Component(), Place(file=path))
