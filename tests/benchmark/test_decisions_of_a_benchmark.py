"""What a benchmark decides is checked before its first run, and dated by the runs that had results."""

import pytest
import tomli_w

from alcore import AlsegError, Registry
from alcore.benchmark.decided import Decisions, dated
from alcore.benchmark.directory import BenchmarkDirectory
from alcore.benchmark.grid import make_grid

REGISTRY = Registry.installed()
DECIDED = {"control": "random", "margin": 0.01, "looks": [3, 5]}


def grid(decided):
    return make_grid({"strategies": "random,entropy", "datasets": "phantom", "decided": decided}, REGISTRY)


def test_decisions_are_written_to_the_file_of_the_grid(tmp_path):
    directory = BenchmarkDirectory(tmp_path)
    directory.prepare(grid(DECIDED).as_values(), [])
    assert directory.decided() == {**DECIDED, "runs_before": 0}
    directory.prepare(grid(directory.decided()).as_values(), [])
    assert directory.decided() == {**DECIDED, "runs_before": 0}


def test_a_grid_that_says_nothing_leaves_what_was_decided(tmp_path):
    directory = BenchmarkDirectory(tmp_path)
    directory.prepare(grid(DECIDED).as_values(), [])
    directory.prepare(grid(None).as_values(), [])
    assert directory.decided()["margin"] == 0.01


def test_a_decision_after_runs_counts_them(tmp_path):
    directory = BenchmarkDirectory(tmp_path)
    directory.prepare(grid(DECIDED).as_values(), [])
    for name, lines in (("a", "{}\n"), ("b", "{}\n"), ("c", "")):
        (directory.runs / name).mkdir(parents=True)
        (directory.runs / name / "rounds.jsonl").write_text(lines)
    directory.prepare(grid(DECIDED).as_values(), [])
    assert directory.decided()["runs_before"] == 0  # decided before them, and unchanged
    directory.prepare(grid({**DECIDED, "margin": 0.02}).as_values(), [])
    assert directory.decided()["runs_before"] == 2


def test_the_count_cannot_be_given():
    assert dated({"margin": 0.1, "runs_before": 0}, None, 7) == {"margin": 0.1, "runs_before": 7}
    assert dated(None, None, 7) is None


@pytest.mark.parametrize(
    ("decided", "message"),
    [
        ({"control": "randon"}, "the control 'randon' is not among the strategies"),
        ({"margin": 0}, "option 'margin': input should be greater than 0"),
        ({"measure": "best"}, "option 'measure'"),
        ({"looks": [0]}, "looks are numbers of seeds from 1 on"),
        ({"split": "training"}, "option 'split'"),
        ({"contrl": "random"}, "has no option 'contrl'"),
        ("yes", "decided is a section, not 'yes'"),
    ],
)
def test_what_cannot_be_decided_is_refused_before_anything_runs(decided, message):
    with pytest.raises(AlsegError, match=message):
        grid(decided)


def test_every_decision_says_what_it_means():
    assert all(field.description for field in Decisions.model_fields.values())
    assert tomli_w.dumps(Decisions().model_dump(exclude_none=True))
