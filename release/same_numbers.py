"""Whether a change of the code left every number as it was.

``keep FILE`` runs, deterministic and on one thread, every strategy of the paper on synthetic scans (single- and
multi-label), training on all labels in 2D and 3D, a replay, a benchmark of two strategies, and a run that is killed and
resumed; it keeps their scores, losses and selections. ``compare FILE`` does the same with the code as it is now and
names each number that differs. Numbers depend on the machine: keep and compare on the same one. Takes a few minutes.
"""

import argparse
import csv
import json
import os
import signal
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

PLUGIN = '''
import os
import pathlib
import signal

import alcore
import numpy as np


class Overlap:
    """Six synthetic scans of slices of three sizes, on which two classes overlap."""

    def __init__(self, options):
        self.options = options

    def list_scans(self, source):
        scans = [alcore.ScanSource(f"scan-{n}", (), ("train", "validation")[n % 3 == 0], n) for n in range(6)]
        return alcore.DatasetListing(("organ", "lesion"), ("intensity",), scans, multi_label=True)

    def read_scan(self, scan):
        rng = np.random.default_rng(scan.detail)
        height, width = 24 + 4 * (scan.detail % 3), 28
        rows, columns = np.mgrid[:height, :width]
        label = np.zeros((12, 2, height, width), np.uint8)
        for z in range(12):
            centre = rng.integers(8, 16, 2)
            radius = 3 + 4 * np.sin(np.pi * z / 11)
            label[z, 0] = np.hypot(rows - centre[0], columns - centre[1]) < radius
            label[z, 1] = np.hypot(rows - centre[0] - 2, columns - centre[1]) < radius / 2
        image = label.sum(axis=1, keepdims=True) * 60 + rng.normal(0, 15, (12, 1, height, width))
        return alcore.Scan(image.astype(np.int16), label, spacing=(2.0, 1.0, 1.0))


class Striker(alcore.Moments):
    def __init__(self, options, *, directory):
        self.marker = pathlib.Path(directory) / "struck"

    def epoch_finished(self, *, round, epoch, **_):
        if (round, epoch) == (2, 1) and not self.marker.exists():
            self.marker.touch()
            os.kill(os.getpid(), signal.SIGKILL)


@alcore.hookimpl
def register_datasets():
    yield alcore.DatasetSpec(name="overlap", summary="Synthetic overlapping discs.", target="alseg_same:Overlap",
                             synthetic=True, needs_source=False)


@alcore.hookimpl
def register_trackers():
    yield alcore.TrackerSpec(name="striker", summary="Kills the run once.", target="alseg_same:Striker")
'''

STRATEGIES: dict[str, tuple[str, ...]] = {
    "random": (),
    "stratified": (),
    "least-confidence": (),
    "entropy": (),
    "entropy-many": ("--strategy", "entropy", "--set", "strategy.one_per_scan=false"),
    "predictive-entropy": (),
    "margin": (),
    "distance": (),
    "distance-greedy": ("--strategy", "distance", "--set", "strategy.greedy=true"),
    "clustering": (),
    "clustering-kmeans": ("--strategy", "clustering", "--set", "strategy.algorithm=kmeans"),
    "representative-uncertainty": (),
    "strided": (),
    "strided-none": ("--strategy", "strided", "--set", "strategy.interpolator=none"),
    "strided-scored": (
        *("--strategy", "strided", "--set", "strategy.selection=entropy", "--set", "strategy.pseudo_label_weight=0.5"),
        *("--set", "strategy.pseudo_label_schedule=linear"),
    ),
}
SMALL = (
    "--protocol",
    "demo",
    "--deterministic",
    "--device",
    "cpu",
    "--set",
    "model.features=4",
    "--set",
    "trackers={}",
)
DATASETS: dict[str, tuple[str, ...]] = {
    "phantom": ("--dataset", "phantom", "--set", "dataset.scans=8"),
    "overlap": ("--dataset", "overlap"),
}
ROUNDS = ("--rounds", "3", "--budget", "6", "--initial", "6", "--epochs", "3", "--seed", "1")
MEASURED = ("--set", 'evaluation.metrics=["dice", "hausdorff-95", "calibration-error"]')
KEPT = (
    *("round", "queried", "labelled", "pseudo_labelled", "scans_labelled", "foreground_voxels", "boundary_voxels"),
    *("pool", "blocks", "blocks_not_interpolated", "kept_epoch", "steps", "losses", "validation_dice"),
    *("learning_rates", "scores"),
)


def runs() -> dict[str, tuple[str, ...]]:
    """The commands by name; each makes one run directory of that name."""
    commands: dict[str, tuple[str, ...]] = {}
    for dataset, chosen in DATASETS.items():
        measured = MEASURED if dataset == "phantom" else ("--set", "evaluation.confidence_levels=[0.3]")
        for name, options in STRATEGIES.items():
            strategy = options if "--strategy" in options else ("--strategy", name)
            commands[f"{dataset}-{name}"] = ("run", *chosen, *SMALL, *ROUNDS, *measured, *strategy)
        training = (*chosen, *SMALL, *measured, "--epochs", "3", "--seed", "1")
        commands[f"{dataset}-full-2d"] = ("train", *training)
        patches = (
            "--set",
            "learner.patch_size=[16, 24, 24]",
            "--set",
            "learner.patches_per_scan=1",
            "--set",
            "model.levels=2",
        )
        commands[f"{dataset}-full-3d"] = ("train", "--learner", "volumes", *training, *patches)
    streaming = ("--memory-budget", "0", "--strategy", "strided")
    commands["phantom-streaming"] = ("run", *DATASETS["phantom"], *SMALL, *ROUNDS, *streaming)
    augmented = ("--set", "learner.augmentation.rotation=10", "--set", "learner.augmentation.flip=true")
    others = ("--set", "learner.optimiser=sgd", "--set", "learner.schedule=cosine", "--set", "learner.weights=reset")
    commands["phantom-others"] = ("run", *DATASETS["phantom"], *SMALL, *ROUNDS, *others, *augmented[:0])
    commands["phantom-replay"] = ("run", "--replay", "phantom-strided", "--seed", "2", "--set", "trackers={}")
    return commands


def alseg(*arguments: str, expected: int = 0) -> None:
    """Run one command in a process of its own."""
    done = subprocess.run([sys.executable, "-m", "alseg", *arguments], capture_output=True, text=True)
    if done.returncode != expected:
        sys.exit(f"alseg {' '.join(arguments)} ended with {done.returncode}:\n{done.stderr[-3000:]}")


def numbers(run: Path) -> dict[str, Any]:
    """Rounds and selections of a run directory, without times."""
    lines = (run / "rounds.jsonl").read_text("utf-8").splitlines()
    rounds = [json.loads(line) for line in lines]
    with (run / "selections.csv").open(encoding="utf-8", newline="") as file:
        selections = [dict(row) for row in csv.DictReader(file)]
    return {"rounds": [{key: record[key] for key in KEPT} for record in rounds], "selections": selections}


def measure() -> dict[str, Any]:
    """Run everything in a temporary folder; return the numbers by run."""
    found: dict[str, Any] = {}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        site = folder / "site"
        info = site / "alseg_same-1.0.dist-info"
        info.mkdir(parents=True)
        (site / "alseg_same.py").write_text(PLUGIN, "utf-8")
        (info / "METADATA").write_text("Metadata-Version: 2.1\nName: alseg-same\nVersion: 1.0\n", "utf-8")
        (info / "entry_points.txt").write_text("[alseg]\nsame = alseg_same\n", "utf-8")
        path = os.pathsep.join(filter(None, (str(site), os.environ.get("PYTHONPATH"))))
        os.environ |= {"PYTHONPATH": path, "OMP_NUM_THREADS": "1", "ALSEG_DATA_DIR": str(folder / "stores")}
        os.chdir(folder)
        for run, command in runs().items():
            print(run, file=sys.stderr, flush=True)
            alseg(*command, "--out", run)
            found[run] = numbers(Path(run))
        struck = ("run", *DATASETS["phantom"], *SMALL[:-2], *ROUNDS, "--strategy", "entropy", *MEASURED)
        alseg(*struck, "--set", "trackers={striker={}}", "--out", "killed", expected=-signal.SIGKILL)
        alseg("resume", "killed")
        found["killed"] = numbers(Path("killed"))
        if found["killed"] != found["phantom-entropy"]:
            sys.exit("the killed and resumed run differs from the undisturbed one")
        grid = ("--strategies", "random,strided", "--datasets", "phantom", "--seeds", "0", "--protocol", "demo")
        few = ("--set", "loop.rounds=2", "--set", "model.features=2", "--set", "run.deterministic=true")
        alseg("benchmark", *grid, *few[:4], "--set", "deterministic=true", "--full-data", "--out", "grid")
        for path_of_rounds in sorted(Path("grid").rglob("rounds.jsonl")):
            run_directory = path_of_rounds.parent
            found[f"grid {run_title(run_directory)}"] = numbers(run_directory)
    return found


def run_title(run: Path) -> str:
    """Strategy and number of rounds of a run of the benchmark: its folder's name holds a key that may change."""
    lines = (run / "config.toml").read_text("utf-8").split("[strategy]")
    strategy = lines[1].split('name = "')[1].split('"')[0] if len(lines) > 1 else "all labels"
    n_rounds = len((run / "rounds.jsonl").read_text("utf-8").splitlines())
    return f"{strategy} {n_rounds}"


def differences(old: Any, new: Any, where: str) -> list[str]:
    """Every place at which ``new`` lacks what is in ``old`` or has another value; more in ``new`` is none."""
    if isinstance(old, dict) and isinstance(new, dict):
        return [
            line
            for key, value in old.items()
            for line in (differences(value, new[key], f"{where}.{key}") if key in new else [f"{where}.{key} is gone"])
        ]
    if isinstance(old, list) and isinstance(new, list) and len(old) == len(new):
        return [
            line for k, (a, b) in enumerate(zip(old, new, strict=True)) for line in differences(a, b, f"{where}[{k}]")
        ]
    same = old == new or (old != old and new != new)
    return [] if same else [f"{where}: {old!r} is now {new!r}"]


def main() -> None:
    """Keep or compare."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", choices=("keep", "compare"))
    parser.add_argument("file", type=Path)
    arguments = parser.parse_args()
    file = arguments.file.resolve()
    found = measure()
    if arguments.what == "keep":
        file.write_text(json.dumps(found), "utf-8")
        print(f"kept the numbers of {len(found)} runs in {file}")
        return
    kept = json.loads(file.read_text("utf-8"))
    lines = differences(kept, json.loads(json.dumps(found)), "")
    runs_of = {run: [line for line in lines if line.startswith(f".{run}.")] for run in kept}
    for run, own in runs_of.items():
        print("\n".join(own[:5]), f"{run}: {len(own)} differences", sep="\n" if own else "")
    print(f"{len(kept)} runs, {len(lines)} differences")
    sys.exit(bool(lines))


if __name__ == "__main__":
    main()
