"""A replay annotates what another run annotated, whatever it trains on it."""

import csv
import io
import json
import shutil

import pytest

from alcore import AlsegError, Moments, resume, run

BLOCKS = {"name": "strided", "block_size": 4, "selection": "entropy", "interpolator": "signed-distance"}


pytestmark = pytest.mark.usefixtures("data_dir")


@pytest.fixture(scope="module")
def original(small_run):
    """Two rounds of blocks."""
    return small_run(strategy=BLOCKS, budget=5)


def numbers(finished):
    records = [json.loads(line) for line in (finished.path / "rounds.jsonl").read_text().splitlines()]
    return [{name: value for name, value in record.items() if name != "seconds"} for record in records]


def log(finished):
    return (finished.path / "selections.csv").read_text()


def test_with_the_same_model_and_seed_a_replay_gives_the_same_numbers(original, tmp_path):
    again = run(replay=original.path, out=tmp_path / "again", progress=False)
    assert sum(record["blocks"] for record in numbers(again)) > 0
    assert sum(record["pseudo_labelled"] for record in numbers(again)) > 0
    assert numbers(again) == numbers(original)
    assert log(again) == log(original)
    assert f'[replay]\nrun = "{original.path}"' in (again.path / "config.toml").read_text()


def test_another_model_loss_and_seed_learn_from_the_same_slices(original, tmp_path):
    model = {"name": "unet", "features": 3, "levels": 1}
    other = run(
        replay=original.path, model=model, loss="cross-entropy", seed=7, out=tmp_path / "other", progress=False
    )  # fmt: skip
    assert log(other) == log(original)
    assert numbers(other)[0]["losses"] != numbers(original)[0]["losses"]


class Stop(Moments):
    """Breaks off in the middle of round 1."""

    def training_started(self, *, round, **_):
        if round == 1:
            raise KeyboardInterrupt


def test_a_replay_goes_on_after_it_was_stopped_though_the_replayed_run_is_gone(original, tmp_path):
    shutil.copytree(original.path, tmp_path / "moved")
    with pytest.raises(KeyboardInterrupt):
        run(replay=tmp_path / "moved", out=tmp_path / "again", listeners=[Stop()], progress=False)
    shutil.rmtree(tmp_path / "moved")
    resumed = resume(tmp_path / "again", progress=False)
    assert numbers(resumed) == numbers(original)
    assert log(resumed) == log(original)


@pytest.mark.parametrize("change", [{"strategy": "random"}, {"budget": 6}, {"initial": 5}, {"protocol": "demo"}])
def test_what_queries_cannot_be_changed(change, original, tmp_path):
    with pytest.raises(AlsegError, match="a replay repeats the queries of"):
        run(replay=original.path, out=tmp_path / "out", progress=False, **change)


def test_more_rounds_than_there_are_is_one_clear_sentence(original, tmp_path):
    with pytest.raises(AlsegError, match="has 3 committed rounds, round 0 included") as caught:
        run(replay=original.path, rounds=3, out=tmp_path / "out", progress=False)
    assert "--rounds 2" in caught.value.hint
    fewer = run(replay=original.path, rounds=1, out=tmp_path / "fewer", progress=False)
    assert numbers(fewer) == numbers(original)[:2]


def test_other_data_are_refused_unless_asked_for(original, tmp_path):
    other = {"name": "phantom", "scans": 6, "noise": 0.1}
    with pytest.raises(AlsegError, match="queried other data"):
        run(replay=original.path, dataset=other, out=tmp_path / "out", progress=False)
    by_name = {"same_data": False, "run": str(original.path)}
    done = run(replay=original.path, dataset=other, out=tmp_path / "out", progress=False, config={"replay": by_name})
    chosen = [(row["round"], row["scan"], row["position"]) for row in rows(done) if row["kind"] != "pseudo"]
    assert chosen == [(row["round"], row["scan"], row["position"]) for row in rows(original) if row["kind"] != "pseudo"]


def rows(finished):
    return list(csv.DictReader(io.StringIO(log(finished))))


def test_a_scan_that_the_dataset_lacks_is_named(original, tmp_path):
    foreign = tmp_path / "foreign"
    shutil.copytree(original.path, foreign)
    scan = rows(original)[0]["scan"]
    (foreign / "selections.csv").write_text(log(original).replace(scan, "elsewhere"))
    with pytest.raises(AlsegError, match=r"the pool lacks slice \d+ of the scan 'elsewhere', which the replayed run"):
        run(replay=foreign, out=tmp_path / "out", progress=False)


def test_a_log_that_lost_a_block_is_not_repeated_in_part(original, tmp_path):
    damaged = tmp_path / "damaged"
    shutil.copytree(original.path, damaged)
    rows = (damaged / "selections.csv").read_text().splitlines()
    block = next(row.split(",")[7:9] for row in rows[1:] if row.split(",")[7])
    kept = [row for row in rows if row.split(",")[7:9] != block]
    (damaged / "selections.csv").write_text("\n".join(kept) + "\n")
    with pytest.raises(AlsegError, match=r"cannot be repeated: its log holds \d of \d blocks"):
        run(replay=damaged, out=tmp_path / "out", progress=False)


def test_a_folder_that_is_no_run_is_one_clear_sentence(tmp_path):
    with pytest.raises(AlsegError, match=r"config\.toml"):
        run(replay=tmp_path, out=tmp_path / "out", progress=False)
