import pytest

from alcore import open_store, run

SMALL = {
    "protocol": "demo",
    "rounds": 2,
    "epochs": 1,
    "initial": 4,
    "model": {"features": 2, "levels": 1},
    "trackers": {},
    "device": "cpu",
    "progress": False,
}


@pytest.fixture(scope="module")
def data_dir(tmp_path_factory):
    """Where the datasets of one test module are converted to."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ALSEG_DATA_DIR", str(tmp_path_factory.mktemp("data")))
        yield


@pytest.fixture(scope="module")
def small_run(data_dir, tmp_path_factory):
    """Make a run of two rounds, on six synthetic scans unless ``settings`` say otherwise."""

    def make(**settings):
        with open_store("phantom", options={"scans": 6}) as store:
            return run(**{"dataset": store, "out": tmp_path_factory.mktemp("run") / "here", **SMALL, **settings})

    return make
