"""What the offline files hold, read record by record, is what the run told the tracker."""

import json
import struct
import time

import pytest

pytest.importorskip("alseg_wandb", reason="alseg-wandb is not installed")
wandb = pytest.importorskip("wandb", reason="wandb is not installed")

from alseg_wandb.plugin import WandbOptions, register_trackers
from alseg_wandb.tracker import Wandb
from wandb.proto.wandb_internal_pb2 import Record

from alcore import AlsegError
from alcore.testing import check_tracker, synthetic_record

CONFIG = {"seed": 3, "dataset": {"name": "phantom"}, "strategy": {"name": "entropy"}, "learner": {"epochs": 2}}
CURVE = [(0, 0.5), (1, 0.515625), (2, 0.53125)]
"""Mean validation Dice of the rounds that ``synthetic_record`` makes up."""


def track(folder, rounds, committed=(), config=CONFIG):
    tracker = Wandb(WandbOptions(), directory=folder)
    records = [synthetic_record(number) for number in committed]
    tracker.run_started(config=config, first_round=len(records), last_round=3, committed=records)
    for number in rounds:
        tracker.round_finished(round=number, record=synthetic_record(number))
    tracker.run_finished(reason="rounds")
    tracker.closed()


HEADER, BLOCK = 7, 32768
FULL, FIRST, LAST = 1, 2, 4


def records(path):
    """The records of a ``.wandb`` file: a LevelDB log (blocks of 32 KiB; checksum, length, type, data)."""
    data, at, whole = path.read_bytes(), HEADER, b""
    while at + 7 <= len(data):
        left = BLOCK - at % BLOCK
        if left < 7:
            at += left
            continue
        _, length, kind = struct.unpack("<IHB", data[at : at + 7])
        part, at = data[at + 7 : at + 7 + length], at + 7 + length
        whole = part if kind in (FULL, FIRST) else whole + part
        if kind in (FULL, LAST):
            yield Record.FromString(whole)


def whole_file(path):
    """All records of a run that has ended: the library's own process may write the last ones after ``finish``."""
    until = time.monotonic() + 30
    while time.monotonic() < until:
        found = list(records(path))
        if found and found[-1].HasField("exit"):
            return found
        time.sleep(0.05)
    raise AssertionError(f"{path} has no end")


def written(folder):
    """The run and the history that the one offline run in ``folder`` holds."""
    (path,) = folder.glob("wandb/offline-run-*/run-*.wandb")
    items = whole_file(path)
    (run,) = (item.run for item in items if item.HasField("run"))
    rows = [item.history.item for item in items if item.HasField("history")]
    return run, [{"/".join(entry.nested_key): json.loads(entry.value_json) for entry in row} for row in rows]


def test_a_run_that_goes_on_is_one_offline_run_with_each_round_once(tmp_path):
    track(tmp_path, [0, 1])
    first, _ = written(tmp_path)
    track(tmp_path, [2], committed=[0, 1])
    run, history = written(tmp_path)
    assert (run.project, run.display_name, run.run_id) == ("alseg", "phantom-entropy-seed3", first.run_id)
    config = {item.key: json.loads(item.value_json) for item in run.config.update}
    assert config["seed"] == 3
    assert config["learner"] == {"epochs": 2}
    assert [(row["_step"], row["validation dice/mean"]) for row in history] == CURVE
    assert [row["training/first loss"] for row in history] == [0.25, 1.25, 2.25]
    assert not any("validation dice/absent" in row for row in history)


def test_full_data_training_which_has_no_strategy_is_tracked_too(tmp_path):
    config = {name: value for name, value in CONFIG.items() if name != "strategy"}
    track(tmp_path, [0], config={**config, "full_data": True, "learner": {"name": "volumes"}})
    run, history = written(tmp_path)
    assert (run.display_name, len(history)) == ("phantom-full-data-volumes-seed3", 1)


def test_a_server_that_is_away_is_one_clear_sentence(tmp_path, monkeypatch):
    monkeypatch.setenv("WANDB_BASE_URL", "http://127.0.0.1:9")
    monkeypatch.setenv("WANDB_API_KEY", "0" * 40)
    wandb.teardown()
    tracker = Wandb(WandbOptions(mode="online", timeout=3), directory=tmp_path)
    with pytest.raises(AlsegError, match="Weights & Biases cannot be reached") as caught:
        tracker.run_started(config=CONFIG, first_round=0, last_round=3, committed=[])
    assert "mode=offline" in caught.value.hint
    tracker.closed()
    wandb.teardown()


def test_the_spec_names_the_tracker_and_stays_offline_by_default():
    (spec,) = register_trackers()
    assert (spec.name, spec.load(), spec.options().mode) == ("wandb", Wandb, "offline")


def test_the_tracker_passes_the_checks_offline():
    (spec,) = register_trackers()
    check_tracker(spec)
