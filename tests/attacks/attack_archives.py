"""Mutated archives: flipped, cut and shuffled bytes, compressed or not, and odd headers whose checksums hold."""

import bz2
import gzip
import io
import lzma
import random
import shutil
import tarfile
from collections.abc import Callable
from pathlib import Path

import attacking
from attack_stores import damaged

from alcore.acquisition.extract import extract

_CONTENT = {"Task/dataset.json": b"{}" * 300, "Task/imagesTr/a.nii.gz": bytes(range(256)) * 4, "Task/._a": b"apple"}
_COMPRESSIONS: tuple[Callable[[bytes], bytes], ...] = (bytes, gzip.compress, bz2.compress, lzma.compress)
_TYPES = b"\x0001234567SKLMNVDxgX"
_PAX = (
    "path",
    "size",
    "mtime",
    "linkpath",
    "GNU.sparse.map",
    "GNU.sparse.size",
    "GNU.sparse.major",
    "uid",
    "hdrcharset",
)
_TEXTS = (
    "",
    "-1",
    "nan",
    "1e300",
    "0" * 40,
    "9" * 30,
    "a\0b",
    "../up",
    "/etc/passwd",
    "a/" * 3000,
    "1,2,3",
    "\udcff",
    "BINARY",
)


def build(folder: Path) -> attacking.Attack:
    """The attack on an archive of three files."""
    path, out = folder / "x.tar", folder / "out"
    (folder / "precious").write_bytes(b"kept")

    def attack(rng: random.Random) -> str:
        compress = rng.choice(_COMPRESSIONS)
        edited = rng.random() < 0.5
        content = compress(_archive(rng) if edited else _archive(None))
        path.write_bytes(content if edited else damaged(content, rng))
        shutil.rmtree(out, ignore_errors=True)
        try:
            extract(path, "Task", out)
        finally:
            _check_surroundings(folder)
        if all((out / name.removeprefix("Task/")).is_file() for name in list(_CONTENT)[:2]) and all(
            (out / name.removeprefix("Task/")).read_bytes() == content for name, content in list(_CONTENT.items())[:2]
        ):
            return "same"
        if not edited and compress is not bytes and path.read_bytes()[:4] == content[:4]:
            raise attacking.BrokenPromiseError(f"an archive compressed by {compress.__module__} changed silently")
        return "as it was asked for"  # what a plain archive holds is covered by the checksum of its download

    return attack


def _check_surroundings(folder: Path) -> None:
    if {item.name for item in folder.iterdir()} - {"x.tar", "out", "precious"}:
        raise attacking.BrokenPromiseError(f"there is {sorted(item.name for item in folder.iterdir())}")
    if (folder / "precious").read_bytes() != b"kept":
        raise attacking.BrokenPromiseError("a file beside the archive changed")


def _archive(rng: random.Random | None) -> bytes:
    """The archive; with ``rng``, odd members are among its own."""
    packed = io.BytesIO()
    members = list(_CONTENT.items())
    odd = rng.randrange(len(members) + 1) if rng else -1
    for number in range(len(members) + 1):
        if rng and number == odd:
            packed.write(_odd_member(rng))
        if number < len(members):
            name, content = members[number]
            packed.write(_member(name, content))
    return packed.getvalue() + bytes(2 * tarfile.BLOCKSIZE)


def _member(name: str, content: bytes, kind: bytes = tarfile.REGTYPE, pax: dict[str, str] | None = None) -> bytes:
    info = tarfile.TarInfo(name)
    info.size, info.type, info.pax_headers = len(content), kind, pax or {}
    header = info.tobuf(tarfile.PAX_FORMAT, "utf-8", "surrogateescape")
    return header + content + bytes(-len(content) % tarfile.BLOCKSIZE)


def _odd_member(rng: random.Random) -> bytes:
    """A member with a header that nobody would write; its checksum holds."""
    number = rng.randrange(len(_TYPES))
    kind = _TYPES[number : number + 1]
    pax = {rng.choice(_PAX): rng.choice(_TEXTS) for _ in range(rng.randrange(3))}
    name = rng.choice(("Task/b", "Task", "Task/imagesTr", "./Task/b", "C:/b", *_TEXTS[6:9])).replace("\0", "")
    block = bytearray(_member(name, rng.randbytes(rng.choice((0, 5, 600))), kind, pax))
    if rng.random() < 0.5:
        start, length = rng.choice(
            ((0, 100), (100, 8), (124, 12), (136, 12), (156, 1), (157, 100), (257, 8), (345, 155))
        )
        block[start : start + length] = rng.randbytes(length)
        header = bytes(block[:148]) + b" " * 8 + bytes(block[156 : tarfile.BLOCKSIZE])
        block[148:156] = b"%06o\0 " % sum(header)
    return bytes(block) * rng.choice((1, 1, 1, 1500))
