"""A run directory is read as what it should be, or refused in one sentence that names file and line."""

import json
from concurrent.futures import ThreadPoolExecutor

import pytest

from alcore.errors import AlsegError
from alcore.runs.directory import RunDirectory
from alcore.testing.rounds import synthetic_record

CONFIG = {"seed": 0, "dataset": {"name": "a"}, "strategy": {"name": "random"}, "loop": {"rounds": 1}}
ROW = {"round": 0, "order": 0, "kind": "query", "slice": 3, "scan": "a", "position": 3, "score": 0.0}


@pytest.fixture
def run(tmp_path):
    """A run of two rounds."""
    directory = RunDirectory.create(tmp_path / "run", CONFIG, {})
    directory.commit(synthetic_record(0), [{**ROW, "kind": "initial", "score": None}])
    directory.commit(synthetic_record(1), [ROW | {"round": 1, "block_first": 0, "block_last": 3}])
    return directory


def test_what_was_committed_is_read_again_as_what_it_was(run):
    assert run.rounds() == [synthetic_record(0), synthetic_record(1)]
    first, second = run.selections()
    assert (first["kind"], first["score"], first["block_first"]) == ("initial", None, None)
    assert (second["score"], second["block_first"], second["block_last"], second["scan"]) == (0.0, 0, 3, "a")


@pytest.mark.parametrize("end", ["\n", "\n\n", "  \n", ""])
def test_empty_lines_at_the_end_do_no_harm(run, end):
    path = run.path / "rounds.jsonl"
    path.write_text(path.read_text().rstrip() + end)
    assert len(run.rounds()) == 2
    run.commit(synthetic_record(2), [])
    assert [record["round"] for record in run.rounds()] == [0, 1, 2]


def changed(**changes):
    return json.dumps({**synthetic_record(1), **changes}).encode()


LINES = {
    "torn": (changed()[:40], "Invalid JSON"),
    "a list": (b"[1]", "Input should be an object"),
    "junk": (b"\xff\xfe{}", "Invalid JSON"),
    "deep": (b"[" * 100_000, "recursion limit"),
    "a lone surrogate": (changed(note="x").replace(b'"x"', b'"\\ud800"'), "Invalid JSON"),
    "NaN": (changed(losses=[float("nan"), 1.0]), "losses.0: Input should be a finite number"),
    "a huge number": (changed(steps=10**30), "steps"),
    "a text for a number": (changed(labelled="48"), "labelled: Input should be a valid integer"),
    "a missing field": (json.dumps({"round": 1}).encode(), "Field required"),
    "another round": (changed(round=7), "it is round 7, not 1"),
    "more than the pool": (changed(labelled=300), "more than the pool"),
    "epochs that do not fit": (changed(losses=[1.0]), "not one of each for each epoch"),
    "no such epoch": (changed(kept_epoch=9), "there is no epoch 9"),
    "no validation": (changed(scores={}), "scores.validation: missing"),
    "other metrics": (changed(scores={"validation": {"iou": {"mean": 1.0, "per_class": {}}}}), "other splits"),
}


@pytest.mark.parametrize("line", LINES)
def test_a_damaged_line_is_named_and_what_is_before_it_can_be_read(run, line):
    content, reason = LINES[line]
    path = run.path / "rounds.jsonl"
    path.write_bytes(json.dumps(synthetic_record(0)).encode() + b"\n" + content + b"\n")
    with pytest.raises(AlsegError) as raised:
        run.rounds()
    assert raised.value.message.startswith(f"line 2 of {path} is damaged: ")
    assert reason in raised.value.message
    assert len(raised.value.message) < 500
    assert len(run.whole_rounds()[0]) == 1


ROWS = {
    "a text for a number": ("1,x,query,3,a,3,,,", "order: Input should be a valid integer"),
    "a missing number": ("1,0,query,,a,3,,,", "slice: Input should be a valid integer"),
    "an unknown kind": ("1,0,eaten,3,a,3,,,", "kind"),
    "too many fields": ("1,0,query,3,a,3" + "," * 20, "fields, not 17"),
    "too few fields": ("1,0", "it has 2 fields"),
    "a slice that the pool lacks": ("1,0,query,200,a,3,,", "there is no slice 200 in a pool of 200"),
    "a huge field": ("1,0,query,3," + "a" * 200_000 + ",3,,", "field larger than"),
}


@pytest.mark.parametrize("row", ROWS)
def test_a_damaged_row_of_selections_is_named(run, row):
    content, reason = ROWS[row]
    path = run.path / "selections.csv"
    head, first, _ = path.read_text().splitlines()
    fields = content if "fields" in reason else content + "," * (16 - content.count(","))
    path.write_text("\n".join([head, first, fields]) + "\n")
    with pytest.raises(AlsegError) as raised:
        run.selections()
    assert raised.value.message.startswith(f"line 3 of {path} is damaged: ")
    assert reason in raised.value.message


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("seed = ", "Invalid value"),
        ("a = " + "[" * 10_000, "is damaged"),
        ("seed = " + "9" * 5000, "is damaged"),
        ('seed = "x"', "seed: Input should be a valid integer"),
        ("seed = 1", "dataset: Field required"),
        ('seed = 1\n[dataset]\nname = "a"\n[loop]\nrounds = 1\n', "strategy: missing"),
    ],
)
def test_a_damaged_configuration_is_named(run, content, reason):
    (run.path / "config.toml").write_text(content)
    with pytest.raises(AlsegError, match=r"config\.toml is damaged") as raised:
        run.config()
    assert reason in raised.value.message


@pytest.mark.parametrize("content", ["[]", "{}", '{"versions": 1}', "{", "[" * 100_000])
def test_a_damaged_environment_is_named(run, content):
    (run.path / "environment.json").write_text(content)
    with pytest.raises(AlsegError, match=r"environment\.json is damaged"):
        run.environment()


@pytest.mark.parametrize("name", ["config.toml", "environment.json", "rounds.jsonl", "selections.csv"])
def test_a_folder_in_the_place_of_a_file_is_named(run, name):
    (run.path / name).unlink()
    (run.path / name).mkdir()
    read = {"config.toml": run.config, "environment.json": run.environment, "rounds.jsonl": run.rounds}
    with pytest.raises(AlsegError, match=rf"cannot read .*{name}: it is no file"):
        read.get(name, run.selections)()


def test_of_many_that_make_a_run_in_one_folder_one_wins_whole(tmp_path):
    def make(number):
        try:
            RunDirectory.create(tmp_path / "run", {**CONFIG, "seed": number}, {"number": number})
        except AlsegError:
            return None
        return number

    with ThreadPoolExecutor(8) as pool:
        (winner,) = [number for number in pool.map(make, range(32)) if number is not None]
    assert RunDirectory.open(tmp_path / "run").config()["seed"] == winner
    assert json.loads((tmp_path / "run" / "environment.json").read_text()) == {"number": winner}


def test_what_a_killed_start_left_is_no_obstacle_and_anything_else_is(tmp_path):
    path = tmp_path / "run"
    (path / "checkpoints").mkdir(parents=True)
    for name in (".lock", "environment.json", "rounds.jsonl", ".tmp-0123abcd-config.toml", "job.json"):
        (path / name).touch()
    RunDirectory.create(path, CONFIG, {})
    assert not (path / ".tmp-0123abcd-config.toml").exists()
    with pytest.raises(AlsegError, match="holds a run already"):
        RunDirectory.create(path, CONFIG, {})
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "thesis.txt").touch()
    with pytest.raises(AlsegError, match="is not empty"):
        RunDirectory.create(tmp_path / "other", CONFIG, {})
    assert [path.name for path in (tmp_path / "other").iterdir()] == ["thesis.txt"]


def test_checkpoints_of_other_rounds_that_a_kill_left_are_dropped(run):
    for number in (0, 1, 2):
        run.checkpoint_path(number).touch()
    run.epoch_path.touch()
    run.drop_checkpoints_but(1)
    assert sorted(path.name for path in run.epoch_path.parent.iterdir()) == ["epoch.pt", "round-0001.pt"]


def test_a_link_in_a_run_directory_leads_no_writing_outside(run, tmp_path):
    precious = tmp_path / "precious.txt"
    precious.write_text("mine")
    for name in ("selections.csv", "rounds.jsonl"):
        copy = (run.path / name).read_bytes()
        (tmp_path / name).write_bytes(copy)
        (run.path / name).unlink()
        (run.path / name).symlink_to(tmp_path / name)
    run.commit(synthetic_record(2), [])
    assert len((tmp_path / "rounds.jsonl").read_text().splitlines()) == 2
    (run.path / "checkpoints").rmdir()
    (tmp_path / "elsewhere").mkdir()
    (run.path / "checkpoints").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(AlsegError, match="checkpoints is a symbolic link"), run.lock():
        pass
