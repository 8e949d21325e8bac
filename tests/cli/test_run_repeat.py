"""``alseg run --repeat`` starts a run again and says whether its numbers come out again."""

import json
import shutil

import pytest


@pytest.fixture
def original(alseg, tmp_path, tiny_run):
    """A short deterministic run in ``run``, and how to call ``alseg run`` on the same data."""

    def call(*arguments, **details):
        return alseg("run", *arguments, ALSEG_DATA_DIR=str(tmp_path / "data"), **details)

    sizes = ("--set", "dataset.scans=6", "--set", "trackers={}")
    call("--dataset", "phantom", *sizes, *tiny_run, "--strategy", "entropy", "--deterministic")
    return tmp_path / "run", call


def rewrite(path, change):
    lines = [json.loads(line) for line in path.read_text().splitlines()]
    change(lines)
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))


def test_a_run_repeats_bit_for_bit_what_does_not_is_named_and_other_data_is_refused(original, tmp_path):
    run, call = original
    result = call("--repeat", "run", "--out", "again", "--json")
    answer = json.loads(result.stdout)
    assert answer["identical"]
    assert answer["changed"] == {}
    assert [part["difference"] for part in answer["rounds"]] == [0.0, 0.0]
    assert (tmp_path / "again" / "rounds.jsonl").is_file()

    def tamper(lines):
        lines[1]["losses"][0] += 0.125

    shutil.copytree(run, tmp_path / "tampered")
    rewrite(tmp_path / "tampered" / "rounds.jsonl", tamper)
    environment = json.loads((run / "environment.json").read_text())
    environment["versions"]["numpy"] = "1.0"
    (tmp_path / "tampered" / "environment.json").write_text(json.dumps(environment))
    shown = call("--repeat", "tampered", status=1).stdout
    assert "the numbers differ" in shown
    assert "losses.0" in shown
    assert "0.125" in shown
    assert "numpy: 1.0 then, " in shown
    assert (tmp_path / "runs" / "phantom-entropy-seed0" / "config.toml").is_file()

    environment["dataset"]["fingerprint"] = "of another store"
    (run / "environment.json").write_text(json.dumps(environment))
    refused = call("--repeat", "run", "--out", "elsewhere", status=2)
    assert "is not the one that run was started on" in refused.stderr
    assert not (tmp_path / "elsewhere").exists()


def test_a_run_without_rounds_cannot_be_compared(alseg, tmp_path):
    (tmp_path / "run").mkdir()
    for name in ("config.toml", "rounds.jsonl"):
        (tmp_path / "run" / name).write_text("")
    assert "run has no committed round to compare with" in alseg("run", "--repeat", "run", status=2).stderr
