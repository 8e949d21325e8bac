"""An archive may come from anywhere: what it cannot be trusted with is one sentence, and nothing of it is kept."""

import bz2
import gzip
import io
import lzma
import tarfile
from contextlib import suppress

import pytest

from alcore import AlsegError
from alcore.acquisition.extract import extract

CONTENT = bytes(range(256)) * 300
PACKED = {"gz": gzip.compress, "bz2": bz2.compress, "xz": lzma.compress}
GZIP_HEADER = 10
BLOCK = tarfile.BLOCKSIZE


def member(name="Task/a.nii.gz", content=CONTENT, **fields):
    """The blocks of one member, with whatever a test wants in its header."""
    info = tarfile.TarInfo(name)
    info.size = len(content)
    for field, value in fields.items():
        setattr(info, field, value)
    return info.tobuf(tarfile.PAX_FORMAT) + content + bytes(-len(content) % BLOCK)


def tar(*members, end=bytes(2 * BLOCK)):
    return b"".join(members) + end


def refused(folder, content, sentence, name="x.tar"):
    """Unpack ``content`` and look that it is refused with that sentence, and that nothing is kept."""
    (folder / name).write_bytes(content)
    with pytest.raises(AlsegError, match=sentence) as caught:
        extract(folder / name, "Task", folder / "out")
    assert str(folder / name) in caught.value.message
    assert "\n" not in caught.value.message
    assert sorted(path.name for path in folder.iterdir()) == [name]


@pytest.mark.parametrize("kind", PACKED)
def test_every_kind_of_compression_is_unpacked(tmp_path, kind):
    (tmp_path / "x").write_bytes(PACKED[kind](tar(member())))
    extract(tmp_path / "x", "Task", tmp_path / "out")
    assert (tmp_path / "out" / "a.nii.gz").read_bytes() == CONTENT


@pytest.mark.parametrize("kind", PACKED)
def test_a_flipped_bit_of_a_compressed_archive_is_found_wherever_it_is(tmp_path, kind):
    whole = PACKED[kind](tar(member(), member("Task/b.nii.gz")))
    for place in range(4, len(whole), max(1, len(whole) // 40)):
        flipped = bytearray(whole)
        flipped[place] ^= 4
        (tmp_path / "x").write_bytes(flipped)
        out = tmp_path / str(place)
        if place < GZIP_HEADER and kind == "gz":
            with suppress(AlsegError):  # the time and the flags of gzip's own header change no content
                extract(tmp_path / "x", "Task", out)
                assert [path.read_bytes() for path in out.iterdir()] == [CONTENT, CONTENT]
        else:
            with pytest.raises(AlsegError, match=r"truncated, damaged or no tar archive|has the member"):
                extract(tmp_path / "x", "Task", out)


def test_a_damaged_header_is_not_taken_for_the_end(tmp_path):
    second = bytearray(member("Task/b.nii.gz"))
    second[0] ^= 1
    refused(tmp_path, tar(member(), bytes(second)), "a header within it is damaged")


def test_an_archive_that_ends_between_two_members_is_truncated(tmp_path):
    refused(tmp_path, tar(member(), end=b""), "its end is missing")


def sparse(**pax):
    return member(pax_headers={f"GNU.sparse.{name}": value for name, value in pax.items()})


NESTED = {"long links": (tarfile.GNUTYPE_LONGLINK, "././@LongLink"), "pax headers": (tarfile.XHDTYPE, "x")}


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (tar(member("a\0b", pax_headers={"path": "Task/a\0b"})), "which no file can be called"),
        (tar(member("a/" * 2500 + "b")), "which no file can be called"),
        (tar(member("Task/" + "b" * 300)), "which no file can be called"),
        (tar(member("Task"), member("Task/b")), "as a file and as a folder"),
        (tar(member("Task/b/c"), member("Task/b")), "as a file and as a folder"),
        (tar(sparse(map="a,b", size="5", name="Task/b")), "no tar archive"),
        (tar(sparse(major="1", minor="0", name="Task/b", realsize="5")), "no tar archive|sparse"),
        (tar(sparse(map="0,5", size="100000000000000", name="Task/b")), "a sparse file"),
        (tar(member(pax_headers={"size": "-1024"})), "no tar archive"),
        (tar(member(pax_headers={"size": "1" + "0" * 15})), "has a file of"),
        *((tar(*[member(name, b"x" * 10, type=kind)] * 3000), "no tar archive") for kind, name in NESTED.values()),
    ],
)
def test_odd_members_are_refused(tmp_path, content, sentence):
    refused(tmp_path, content, sentence)


@pytest.mark.parametrize("time", ["nan", "inf", "1e300", "-1e30", "junk", "9" * 400])
def test_times_count_for_nothing(tmp_path, time):
    (tmp_path / "x.tar").write_bytes(tar(member(pax_headers={"mtime": time})))
    extract(tmp_path / "x.tar", "Task", tmp_path / "out")
    assert (tmp_path / "out" / "a.nii.gz").read_bytes() == CONTENT


def test_permissions_count_for_nothing(tmp_path):
    (tmp_path / "x.tar").write_bytes(tar(member(mode=0o6777)))
    extract(tmp_path / "x.tar", "Task", tmp_path / "out")
    assert (tmp_path / "out" / "a.nii.gz").stat().st_mode & 0o7111 == 0


def test_a_header_that_unpacks_to_more_than_a_header_is_refused_before_it_is_read(tmp_path):
    header = member("././@LongLink", b"", type=tarfile.GNUTYPE_LONGNAME)
    info = tarfile.TarInfo("././@LongLink")
    info.type, info.size = tarfile.GNUTYPE_LONGNAME, 1 << 32
    packed = io.BytesIO()
    with gzip.GzipFile(fileobj=packed, mode="wb", compresslevel=1) as stream:
        stream.write(info.tobuf(tarfile.GNU_FORMAT))
        stream.write(bytes(1 << 22))
    assert len(header) == BLOCK
    refused(tmp_path, packed.getvalue(), "a header claims 4294967296 bytes")
