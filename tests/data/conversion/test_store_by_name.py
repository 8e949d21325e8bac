"""The store behind a name: found, made on the spot, or asked for."""

import pytest

from alcore import AlsegError
from alcore.conversion.ensure import ensure_store
from alcore.registry import Registry
from alcore.store.locate import list_stores, store_path
from alcore.store.reader import SliceStore


@pytest.fixture(scope="module")
def registry():
    return Registry.installed()


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.setenv("ALSEG_DATA_DIR", str(tmp_path / "data"))
    return tmp_path / "data"


def test_an_embedded_dataset_is_converted_on_first_use_and_only_then(registry, folder):
    told = []
    path = ensure_store("phantom", registry, options={"scans": 5}, progress=lambda *done: told.append(done))
    assert told[-1] == (5, 5)
    changed = path.stat().st_mtime_ns
    assert ensure_store("phantom", registry, options={"scans": 5}) == path
    assert path.stat().st_mtime_ns == changed
    assert list_stores() == [path]
    with SliceStore.open(path) as store:
        assert store.info.synthetic


def test_options_of_an_embedded_dataset_make_a_store_of_their_own(registry):
    paths = {ensure_store("phantom", registry, options={"scans": 5, "seed": seed}) for seed in (1, 2)}
    assert len(paths) == 2


def test_a_store_of_another_plugin_version_is_made_anew(registry):
    import h5py

    path = ensure_store("phantom", registry, options={"scans": 5})
    with h5py.File(path, "r+") as file:
        file.attrs["version"] = "0.0.1"
    ensure_store("phantom", registry, options={"scans": 5})
    with SliceStore.open(path) as store:
        assert store.info.version != "0.0.1"


def test_a_dataset_that_was_not_converted_asks_for_it_and_offers_a_synthetic_one(registry):
    with pytest.raises(AlsegError, match="'heart' has not been converted") as caught:
        ensure_store("task02-heart", registry)
    assert "alseg data convert heart --source" in caught.value.hint
    assert "--dataset phantom" in caught.value.hint


def test_a_store_is_found_by_name_alias_and_path(registry, convert_toy):
    path = convert_toy(store_path("heart"))
    for name in ("heart", "task02-heart", str(path)):
        assert ensure_store(name, registry) == path
    own = convert_toy(store_path("my-own"))
    assert ensure_store("my-own", registry) == own


def test_unknown_names_and_paths_are_errors(registry, tmp_path):
    with pytest.raises(AlsegError, match="no dataset named 'haert'") as caught:
        ensure_store("haert", registry)
    assert "heart" in caught.value.hint
    with pytest.raises(AlsegError, match="there is no slice store at"):
        ensure_store(str(tmp_path / "none.h5"), registry)


def test_options_of_a_converted_dataset_come_too_late(registry, convert_toy):
    convert_toy(store_path("heart"))
    with pytest.raises(AlsegError, match="take effect at conversion"):
        ensure_store("heart", registry, options={"slice_axis": "x"})


@pytest.mark.parametrize(
    "name", ["", " ", ".", "..", ".hidden", "a\nb", "a\0b", "ü" * 101, "/folder/" + "x" * 256 + ".h5"]
)
def test_a_name_that_no_store_can_have_is_refused(registry, name):
    with pytest.raises(AlsegError, match="no store can be called"):
        store_path(name)


def test_a_long_name_that_a_store_can_have_is_taken(convert_toy):
    path = convert_toy(store_path("ü" * 100))
    assert list_stores() == [path]
