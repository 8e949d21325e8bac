"""The examples, written as strangers would, work from built wheels."""

import json
from pathlib import Path

import numpy as np

EXAMPLES = Path(__file__).parents[2] / "examples"


def test_a_strangers_strategy_runs_on_a_strangers_dataset(alseg, install_wheels, tmp_path, tiny_run):
    install_wheels(EXAMPLES / "alseg-dissonance", EXAMPLES / "alseg-npz")
    scans = tmp_path / "scans"
    scans.mkdir()
    rng = np.random.default_rng(0)
    for number in range(6):
        label = np.zeros((5, 12, 10), np.uint8)
        label[:, 3:8, 2:6] = 1
        np.savez(scans / f"scan{number}.npz", image=label * 50 + rng.integers(0, 9, label.shape), label=label)
    (scans / "classes.txt").write_text("background\norgan\n")

    assert " 0 failed" in alseg("plugins", "check", "dissonance").stdout
    assert " 0 failed" in alseg("plugins", "check", "npz", "--source", scans).stdout
    alseg("data", "convert", "npz", "--source", scans, "--out", "mine.h5", "--jobs", "1")
    alseg("run", "--strategy", "dissonance", "--dataset", "mine.h5", *tiny_run)

    rounds = [json.loads(line) for line in (tmp_path / "run" / "rounds.jsonl").read_text().splitlines()]
    assert len(rounds) == 2
    environment = (tmp_path / "run" / "environment.json").read_text()
    assert "alseg-dissonance" in environment
    assert "0.3.0" in environment
