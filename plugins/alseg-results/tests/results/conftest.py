import csv
import json

import pytest
import tomli_w

from alcore.runs.directory import FORMAT, SCORE_FIELDS, SELECTION_FIELDS


def score(value, per_class=None):
    """A mean and two classes that lie 0.1 to either side of it."""
    classes = {"left": None, "right": None} if value is None else {"left": value - 0.1, "right": value + 0.1}
    return {"mean": value, "per_class": classes if per_class is None else per_class}


def merged(base, over):
    """``over`` over ``base``, table by table; None takes a value away."""
    both = {key: value for key, value in {**base, **over}.items() if value is not None}
    return {
        key: merged(base[key], value) if isinstance(value, dict) and isinstance(base.get(key), dict) else value
        for key, value in both.items()
    }


PLACE = {
    **{"python": "3.11.0", "platform": "Linux", "versions": {"alseg": "0.1.0"}, "components": {}},
    "hardware": {
        **{"device": "cpu", "gpu": "", "processor": "x86_64", "cores": 2, "torch_threads": 1, "memory_gib": 8.0}
    },
}
TRAINED = {"kept_epoch": 1, "steps": 4, "losses": [0.5], "validation_dice": [None], "learning_rates": [0.001]}
POOL = {"scans": 10, "slices": 200, "pixels": 200 * 100, "foreground": 4000, "foreground_slices": 100}


SCANS = {"a": -0.02, "b": 0.0, "c": 0.02}
"""How far the scores of each validation scan lie from their mean."""


class RunWriter:
    """Writes run directories of hand-known numbers: 8 slices at first, 4 a round, of 10 scans of 20 slices."""

    def __init__(self, folder):
        self.folder = folder

    def __call__(
        self,
        dice,
        strategy="random",
        *,
        seed=0,
        dataset="hippocampus",
        name=None,
        options=None,
        labelled=None,
        foreground=None,
        chosen=(),
        config=None,
        environment=None,
        job=None,
        scans=SCANS,
    ):
        """Write a run.

        Args:
            dice: mean validation Dice of each round.
            labelled: slices per round.
            foreground: voxels annotated by each round.
            chosen: by round, the annotated (scan, position), each of 100 pixels with 10 foreground voxels.
            scans: how far the scores of each validation scan lie from their mean; None writes none.
        """
        path = self.folder / (name or f"{dataset}-{strategy}-seed{seed}")
        path.mkdir(parents=True)
        values = {
            "protocol": "less-is-more",
            "seed": seed,
            "dataset": {"name": dataset},
            "loop": {"rounds": len(dice) - 1, "budget": 4, "initial": 8},
            "strategy": {"name": strategy, **(options or {})},
            "model": {"name": "unet"},
            "loss": {"name": "focal"},
            "learner": {"epochs": 10},
        }
        facts = {
            "format": FORMAT,
            "time": f"2026-01-01T00:00:{seed:02d}+00:00",
            **PLACE,
            "dataset": {"name": dataset, "synthetic": False, "fingerprint": f"of {dataset}", "pool": POOL},
        }
        if config and config.get("full_data"):
            del values["strategy"]
        (path / "config.toml").write_text(tomli_w.dumps(merged(values, config or {})))
        (path / "environment.json").write_text(json.dumps(merged(facts, environment or {})))
        if job is not None:
            (path / "job.json").write_text(json.dumps(job))
        lines = [self.record(k, value, labelled, foreground) for k, value in enumerate(dice)]
        (path / "rounds.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
        self.selections(path, chosen)
        if scans is not None:
            self.scores(path, lines, scans)
        return path

    def scores(self, path, lines, scans):
        (path / "scores").mkdir()
        for number, line in enumerate(lines):
            classes = line["scores"]["validation"]["dice"]["per_class"]
            with (path / "scores" / f"round-{number:04d}.csv").open("w", newline="") as file:
                writer = csv.writer(file)
                writer.writerow(SCORE_FIELDS)
                for scan, off in scans.items():
                    for name, value in classes.items():
                        writer.writerow(("validation", scan, "dice", name, None if value is None else value + off))

    def record(self, k, value, labelled, foreground):
        n = labelled[k] if labelled else 8 + 4 * k
        voxels = foreground[k] if foreground else 10 * n
        return {
            "round": k,
            "queried": 4 if k else 8,
            "labelled": n,
            "pseudo_labelled": 0,
            "scans_labelled": min(n, 10),
            "foreground_voxels": voxels,
            "boundary_voxels": voxels // 2,
            "pool": 200,
            "blocks": 0,
            "blocks_not_interpolated": 0,
            **TRAINED,
            "scores": {"validation": {"dice": score(value)}},
            "seconds": {"query": 1.0 + k, "train": 2.0},
        }

    def selections(self, path, chosen):
        with (path / "selections.csv").open("w", newline="") as file:
            writer = csv.DictWriter(file, SELECTION_FIELDS, restval="")
            writer.writeheader()
            for number, places in enumerate(chosen):
                for order, (scan, position) in enumerate(places):
                    row = {"round": number, "order": order, "kind": "query" if number else "initial"}
                    where = {"slice": 20 * scan + position, "scan": f"scan{scan}", "position": position}
                    size = {"scan_slices": 20, "height": 10, "width": 10, "foreground": 10, "boundary": 5}
                    writer.writerow({**row, **where, **size})


@pytest.fixture
def write_run(tmp_path):
    """Write run directories below ``tmp_path / "runs"``."""
    return RunWriter(tmp_path / "runs")
