"""A store that somebody else wrote, with checksums that hold: nothing but plain values within it is read."""

import hashlib
import json
import os
import re
import resource
from contextlib import contextmanager
from pathlib import Path

import h5py
import numpy as np
import pytest

from alcore import AlsegError
from alcore.drawing.page import write_page
from alcore.store.describe import describe_store
from alcore.store.reader import SliceStore
from alcore.store.summary import summarise
from alcore.store.verify import verify

SCAN = "scan 3 ü"
NUMBER = 3


def sha256(values):
    """As ``docs/slice-store.md`` says it."""
    values = np.atleast_1d(values)
    return hashlib.sha256(f"{values.dtype.str}{values.shape}".encode() + values.tobytes()).hexdigest()


def arrays_sha256(arrays):
    return hashlib.sha256(json.dumps({name: sha256(arrays[name]) for name in sorted(arrays)}).encode()).hexdigest()


def attributes_of(group):
    found = {}
    for name in group.attrs:
        attribute = group.attrs.get_id(name)
        found[name] = np.empty(attribute.shape, attribute.dtype)
        attribute.read(found[name])
    return found


def arrays_of(index):
    found = {}

    def collect(name, item):
        if isinstance(item, h5py.Dataset):
            found[f"index/{name}"] = np.asarray(item[()], item.dtype)

    index.visititems(collect)
    return found


def seal(file):
    """Give the store the checksums that belong to what it holds now."""
    ids = [name.decode(errors="replace") for name in file["index"]["ids"][()]]
    sums = [arrays_sha256(attributes_of(file["scans"][name])) if name in file["scans"] else "" for name in ids]
    replace(file["index"], "scan_attributes", np.array([text.encode() for text in sums], "S64"))
    root = attributes_of(file)
    del root["checksum"]
    file.attrs["checksum"] = np.array(arrays_sha256({**root, **arrays_of(file["index"])}).encode())


def replace(group, name, values, **options):
    del group[name]
    group.create_dataset(name, data=values, **options)


def edited(path, edit, sealed=True):
    with h5py.File(path, "r+", libver=("v110", "v110")) as file:
        edit(file)
        if sealed:
            seal(file)
    return path


def test_the_checksums_are_those_that_the_documentation_describes(convert_toy):
    path = edited(convert_toy(), lambda file: None)
    verify(path)
    with h5py.File(path) as file:
        before = file.attrs["checksum"], file["index"]["scan_attributes"][()].tolist()
    with h5py.File(convert_toy(path.with_name("other.h5"))) as file:
        assert before == (file.attrs["checksum"], file["index"]["scan_attributes"][()].tolist())


def test_a_change_without_its_checksum_is_found_at_opening_or_when_the_scan_is_touched(convert_toy):
    path = convert_toy()
    whole = path.read_bytes()
    for edit in (
        lambda file: file["index"]["n_slices"].__setitem__(1, 2),
        lambda file: file["index"]["statistics"]["mean"].__setitem__((0, 0), 1.5),
        lambda file: file.attrs.__setitem__("licence", np.array(b"none")),
    ):
        path.write_bytes(whole)
        with pytest.raises(AlsegError, match="not what was written"):
            SliceStore.open(edited(path, edit, sealed=False))
    path.write_bytes(whole)
    edited(path, lambda file: file["scans"][SCAN].attrs.__setitem__("recipe", np.array(b"another")), sealed=False)
    with pytest.raises(AlsegError, match=f"{SCAN}.*not what was written"):
        verify(path)


def column(name, values, **options):
    """An edit that puts something else in the place of a column of the index."""
    return lambda file: replace(file["index"], name, values(file["index"][name][()]), **options)


def attribute(name, value):
    return lambda file: file.attrs.__setitem__(name, np.array(value.encode() if isinstance(value, str) else value))


def array(name, values, **options):
    """An edit that puts something else in the place of an array of one scan; other chunks and checksum on request."""

    def edit(file):
        scan = file["scans"][SCAN]
        new = values(scan[name][()])
        replace(scan, name, new, **({"chunks": (1, *new.shape[1:]), "fletcher32": True} | options))

    return edit


def lazy(name, shape, dtype, **options):
    """An edit that puts an array there of which nothing is stored."""

    def edit(file):
        del file["scans"][SCAN][name]
        file["scans"][SCAN].create_dataset(name, shape, dtype, **options)

    return edit


def link(name, target):
    def edit(file):
        del file["scans"][SCAN][name]
        file["scans"][SCAN][name] = target(file)

    return edit


def virtual(file):
    image = file["scans"][SCAN]["image"]
    layout = h5py.VirtualLayout(image.shape, image.dtype)
    layout[...] = h5py.VirtualSource("secret.h5", "data", image.shape)
    del file["scans"][SCAN]["image"]
    file["scans"][SCAN].create_virtual_dataset("image", layout)


def stored_outside(place):
    def edit(file):
        image = file["scans"][SCAN]["image"]
        shape, dtype, size = image.shape, image.dtype, image.nbytes
        del file["scans"][SCAN]["image"]
        file["scans"][SCAN].create_dataset("image", shape, dtype, external=[(place, 0, size)])

    return edit


def index_stored_outside(file):
    shape = file["index"]["n_slices"].shape
    del file["index"]["n_slices"]
    file["index"].create_dataset("n_slices", shape, np.int32, external=[("secret.h5", 0, 4 * shape[0])])


def odd_scans(dtype):
    return lambda file: lazy("image", file["scans"][SCAN]["image"].shape, dtype)(file)


def wide_fill_value(file):
    del file["index"]["ids"]
    file["index"].create_dataset("ids", (100_000,), "S60000", fillvalue=b"x")


CASES = {
    "external link": (link("image", lambda file: h5py.ExternalLink("secret.h5", "data")), "a link to another place"),
    "external link to a pipe": (link("image", lambda file: h5py.ExternalLink("pipe.h5", "data")), "a link to another"),
    "soft link": (link("image", lambda file: h5py.SoftLink("/scans/scan 2 ü/image")), "a link to another place"),
    "soft link to the label": (link("image", lambda file: h5py.SoftLink(f"/scans/{SCAN}/label")), "a link to another"),
    "label as image": (link("image", lambda file: file["scans"][SCAN]["label"]), "'image' has the shape"),
    "group as image": (link("image", lambda file: file["scans"]), "'image' is no array"),
    "loop of groups": (link("image", lambda file: file["scans"][SCAN]), "'image' is no array"),
    "virtual": (virtual, "not stored slice by slice within the file"),
    "stored in another file": (stored_outside("secret.h5"), "not stored slice by slice within the file"),
    "stored in a pipe": (stored_outside("pipe.h5"), "not stored slice by slice within the file"),
    "index stored in another file": (index_stored_outside, "not stored in one piece within the file"),
    "references": (odd_scans(h5py.ref_dtype), "of a type"),
    "any length": (odd_scans(h5py.vlen_dtype(np.int16)), "of a type"),
    "compound": (array("image", lambda old: old.astype([("a", "<i2"), ("b", "<f4")])), "of a type"),
    "complex": (array("image", lambda old: old.astype(np.complex64)), "of a type"),
    "texts": (array("image", lambda old: old.astype("S4")), "neither integer nor float"),
    "booleans": (array("image", lambda old: old > 0), "neither integer nor float"),
    "a wider type than the store's": (array("image", lambda old: old.astype(np.float64)), "int16 does not hold"),
    "terabytes that are nowhere": (
        lazy("image", (1 << 20, 2, 1 << 15, 1 << 15), np.int16, chunks=(1, 2, 1 << 14, 1 << 14), fletcher32=True),
        "has the shape",
    ),
    "slices that are not there": (
        lazy("image", (6, 2, 8, 6), np.int16, chunks=(1, 2, 8, 6), fletcher32=True),
        "0 are there",
    ),
    "one large chunk": (array("image", lambda old: old, chunks=(6, 2, 8, 6)), "in chunks of"),
    "compressed": (array("image", lambda old: old, compression="gzip"), "other filters than a checksum"),
    "no checksum": (array("image", lambda old: old, fletcher32=False), "other filters than a checksum"),
    "in one piece": (array("image", lambda old: old, chunks=None, fletcher32=None), "not stored slice by slice"),
    "a single value": (array("image", lambda old: old[0, 0, 0, 0], chunks=None, fletcher32=None), "slice by slice"),
    "nothing": (
        lambda file: replace(file["scans"][SCAN], "image", h5py.Empty("i2")),
        "not stored slice by slice",
    ),
    "three axes": (array("image", lambda old: old[:, 0]), "has the shape"),
    "fewer slices": (array("image", lambda old: old[:3]), "has the shape"),
    "another size": (array("image", lambda old: old[:, :, :4]), "has the shape"),
    "more channels": (array("image", lambda old: np.concatenate([old, old], 1)), "has the shape"),
    "label of another size": (array("label", lambda old: old[:, :4]), "has the shape"),
    "label of another type": (array("label", lambda old: old.astype(np.int16)), "uint8 does not hold"),
    "label that is no class": (array("label", lambda old: old + np.uint8(200)), "which is no class"),
    "scan is absent": (lambda file: file["scans"].__delitem__(SCAN), SCAN),
    "scan is an array": (lambda file: replace(file["scans"], SCAN, np.zeros(3)), "no group"),
    "origin is a text": (
        lambda file: file["scans"][SCAN].attrs.__setitem__("origin", np.array(b"here")),
        "origin: Input should be a valid tuple",
    ),
    "spacing of two axes": (
        lambda file: file["scans"][SCAN].attrs.__setitem__("spacing", np.ones(2)),
        "spacing.2: Field required",
    ),
    "thousands of attributes": (
        lambda file: [file["scans"][SCAN].attrs.__setitem__(f"a{n}", n) for n in range(100)],
        "more than 64",
    ),
    "index is a link": (
        lambda file: (file.move("index", "elsewhere"), file.__setitem__("index", h5py.SoftLink("/elsewhere"))),
        "'index' is a link to another place",
    ),
    "column is a link": (
        lambda file: (
            file["index"].move("ids", "elsewhere"),
            file["index"].__setitem__("ids", h5py.SoftLink("/index/elsewhere")),
        ),
        "'ids' is a link to another place",
    ),
    "column is absent": (lambda file: file["index"].__delitem__("height"), "height"),
    "column of gigabytes": (
        lambda file: (
            file["index"]["statistics"].__delitem__("min"),
            file["index"]["statistics"].create_dataset("min", (20, 400_000_000), np.float64),
        ),
        "'min' has 64000000000 bytes",
    ),
    "column compressed": (column("ids", lambda old: old, compression="gzip", chunks=(6,)), "not stored in one piece"),
    "column of wide texts": (wide_fill_value, "'ids' has 6000000000 bytes"),
    "negative slices": (column("n_slices", lambda old: -old), "has no voxels"),
    "far too many slices": (column("n_slices", lambda old: old + np.int32(1 << 30)), "more voxels than"),
    "no slices": (column("n_slices", lambda old: old * 0), "has no voxels"),
    "slices as floats": (column("n_slices", lambda old: old.astype(float)), "has the type float64, not int32"),
    "few slices": (column("n_slices", lambda old: old[:3]), r"has the shape \(3,\), not \(6,\)"),
    "slices of two axes": (column("n_slices", lambda old: old[:, None]), "has the shape"),
    "slices in one number": (column("n_slices", lambda old: old[0]), "has the shape"),
    "slices as texts": (column("n_slices", lambda old: old.astype("S2")), "not int32"),
    "no height": (column("height", lambda old: old * 0), "has no voxels"),
    "spacing of two columns": (column("spacing", lambda old: old[:, :2]), "has the shape"),
    "no spacing": (column("spacing", lambda old: old * 0), "a spacing that is not positive"),
    "spacing is not finite": (column("spacing", lambda old: old * np.nan), "a spacing that is not positive"),
    "fewer classes counted": (column("class_voxels", lambda old: old[:, :1]), "has the shape"),
    "more classes counted": (column("class_voxels", lambda old: np.tile(old, 2)), "has the shape"),
    "more labels than voxels": (column("class_voxels", lambda old: old * 100), "more labelled voxels than voxels"),
    "more foreground than slices": (column("foreground_slices", lambda old: old + 50), "more slices with foreground"),
    "unknown split": (column("split", lambda old: np.full(6, b"junk")), "none of the splits"),
    "same ids": (column("ids", lambda old: np.full(6, old[0])), "more than once"),
    "a path as id": (column("ids", lambda old: np.array([b"/scans/x", *old[1:]])), "scan id '/scans/x'"),
    "few ids": (column("ids", lambda old: old[:3]), "has the shape"),
    "no ids": (column("ids", lambda old: old[:0]), "it has no scan"),
    "ids that are no text": (column("ids", lambda old: np.full(6, b"\xff\xfe")), "utf-8"),
    "infinite statistic": (
        lambda file: replace(file["index"]["statistics"], "mean", np.full((6, 2), np.inf)),
        "no usable statistic 'mean'",
    ),
    "statistic of no channel": (
        lambda file: replace(file["index"]["statistics"], "mean", np.zeros((6, 0))),
        "has the shape",
    ),
    "warnings are numbers": (column("warnings", lambda old: np.array(b'{"scan 1": 3}')), "valid tuple"),
    "warnings without end": (column("warnings", lambda old: np.array(b"[" * 100_000)), "more than 16 deep"),
    "one class": (attribute("class_names", '["a"]'), "has 1 classes"),
    "no class": (attribute("class_names", "[]"), "has 0 classes"),
    "a thousand classes": (attribute("class_names", json.dumps([str(n) for n in range(1000)])), "has 1000 classes"),
    "nested classes": (attribute("class_names", '[["a"], "b", "c"]'), "class_names.0"),
    "same classes": (attribute("class_names", '["a", "b", "b"]'), "more than once"),
    "no channel": (attribute("channel_names", "[]"), "names no image channel"),
    "more channels named": (attribute("channel_names", '["a", "b", "c"]'), "has the shape"),
    "overlapping after all": (attribute("multi_label", np.True_), r"bytes of the file can hold|has the shape"),
    "format in several": (lambda file: file.attrs.__setitem__("format", np.array([b"a", b"b"])), "damaged"),
    "version in several": (attribute("format_version", [2, 2]), "'format_version' is not one number"),
    "version is text": (attribute("format_version", "two"), "'format_version' is not one number"),
    "type of images is junk": (attribute("image_dtype", "(((("), "damaged"),
    "type of images is object": (attribute("image_dtype", "O"), "damaged"),
}


REFUSED_BEFORE_CHECKSUMS = {
    "index stored in another file",
    "column is absent",
    "column of gigabytes",
    "column of wide texts",
}


def touch_everything(path):
    """What a run reads, and what is shown of a store."""
    with SliceStore.open(path) as store:
        for scan in range(len(store.scans)):
            store.images([scan]).read_scan(scan)
            store.read_scan_label(scan)
            store.geometry(scan)


WHOLE = {}


@pytest.fixture
def store(convert_toy, tmp_path):
    """The path of a store; it is converted once for all tests."""
    if not WHOLE:
        WHOLE["bytes"] = convert_toy().read_bytes()
    path = tmp_path / "toy.h5"
    path.write_bytes(WHOLE["bytes"])
    return path


@contextmanager
def a_gigabyte_at_most():
    """A limit on what this process may take beyond what it has."""
    before = resource.getrlimit(resource.RLIMIT_AS)
    taken = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (taken + (1 << 30), before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_AS, before)


@pytest.mark.parametrize("case", CASES)
def test_what_no_store_has_is_refused_in_one_sentence(store, case):
    edit, sentence = CASES[case]
    with h5py.File(store.with_name("secret.h5"), "w") as file:
        file["data"] = np.full((6, 2, 8, 6), 4711, np.int16)
    os.mkfifo(store.with_name("pipe.h5"))
    edited(store, edit, sealed=case not in REFUSED_BEFORE_CHECKSUMS)
    for reads in (touch_everything, verify):
        with a_gigabyte_at_most(), pytest.raises(AlsegError, match=sentence) as caught:
            reads(store)
        assert str(store) in caught.value.message
        assert "\n" not in caught.value.message


def test_an_index_that_was_refused_is_told_in_the_list(store):
    edit, sentence = CASES["column is a link"]
    assert re.search(sentence, summarise(edited(store, edit)).error)


def test_a_broken_scan_leaves_the_others_readable(store, tmp_path):
    path = edited(store, CASES["external link"][0])
    with SliceStore.open(path) as store:
        assert store.read_scan_image(NUMBER - 1).shape == (5, 2, 7, 6)
    assert describe_store(path).slices["train"] == 4 + 5 + 6 + 7
    with pytest.raises(AlsegError, match=SCAN):
        write_page(path, tmp_path)


def test_a_pipe_or_folder_in_the_place_of_a_store_is_refused(tmp_path):
    os.mkfifo(tmp_path / "pipe.h5")
    (tmp_path / "folder.h5").mkdir()
    for name in ("pipe.h5", "folder.h5"):
        with pytest.raises(AlsegError, match="cannot be read: it is no file"):
            SliceStore.open(tmp_path / name)
        assert summarise(tmp_path / name).error


def test_a_path_that_no_file_can_have_is_refused(tmp_path):
    for name in ("x" * 300 + ".h5", "a\0b.h5"):
        with pytest.raises(AlsegError, match="cannot be read"):
            SliceStore.open(tmp_path / name)
