"""``alseg config init``: a file that explains every option and means what the same options of ``alseg run`` mean."""

import tomllib

import pytest

from alcore.registry import Registry
from alcore.runs.config import resolve
from alcore.runs.layers import layered


def resolved(path):
    return resolve(layered({}, config=tomllib.loads(path.read_text("utf-8"))), Registry.installed())


@pytest.mark.parametrize(
    ("arguments", "given", "protocol"),
    [
        ((), {}, None),
        (("--protocol", "demo", "--strategy", "strided", "--seed", "7"), {"strategy": "strided", "seed": 7}, "demo"),
        (("--set", "trackers={}", "--dataset", "heart"), {"trackers": {}, "dataset": "heart"}, None),
    ],
)
def test_the_file_holds_exactly_the_values_of_the_same_options(alseg, tmp_path, arguments, given, protocol):
    alseg("config", "init", *arguments, "--out", "mine.toml")
    expected = resolve(layered({"dataset": "phantom", **given}, protocol=protocol), Registry.installed())
    assert resolved(tmp_path / "mine.toml").as_values() == expected.as_values()


def test_every_option_has_a_comment_above_it(alseg):
    lines = alseg("config", "init", "--strategy", "entropy").stdout.splitlines()
    assigned = [number for number, line in enumerate(lines) if " = " in line and not line.startswith("#")]
    bare = [lines[number] for number in assigned if not lines[number - 1].startswith(("#", "["))]
    assert bare == []
    assert "# At most one slice per scan and round; where scans are fewer than the budget" in "\n".join(lines)
    assert "# Slices (or what loop.unit says) annotated per round. (integer, >= 1)" in lines
    assert "# memory_budget =" in lines
    assert max(map(len, lines)) <= 120


def test_a_file_that_is_there_is_kept(alseg, tmp_path):
    (tmp_path / "mine.toml").write_text("seed = 3\n")
    assert "mine.toml exists already" in alseg("config", "init", "--out", "mine.toml", status=2).stderr
    assert (tmp_path / "mine.toml").read_text() == "seed = 3\n"
    alseg("config", "init", "--out", "mine.toml", "--force")
    assert "[strategy]" in (tmp_path / "mine.toml").read_text()
