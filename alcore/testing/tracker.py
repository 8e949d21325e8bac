"""What every tracker must do."""

import copy
import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import chdir, contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np

from alcore.engine.options import EvaluationOptions, LoopOptions
from alcore.labels import LabelSpace
from alcore.moments import Moments
from alcore.pool.options import PoolOptions
from alcore.records import RoundRecord
from alcore.runs.config import ONE_ROUND
from alcore.specs import Options, TrackerSpec
from alcore.testing.findings import Finding, require
from alcore.testing.probe import probe
from alcore.testing.rounds import EPOCHS, synthetic_record


def check_tracker(spec: TrackerSpec, options: Options | None = None) -> None:
    """Check that a tracker keeps its contract, on a made-up run of two rounds that is stopped and goes on.

    Args:
        spec: the tracker's spec.
        options: its options; its defaults where None.

    Raises:
        ConformanceError: a check failed; all failed checks are listed.
    """
    require(f"tracker {spec.name!r}", tracker_findings(spec, options))


def tracker_findings(spec: TrackerSpec, options: Options | None = None) -> Iterator[Finding]:
    """Yield the outcome of every check; see :func:`check_tracker`."""
    checks = _TrackerChecks(spec, options if options is not None else spec.options())
    built = probe(
        "the tracker is built",
        checks.found_when_built,
        expected="a subclass of alcore.Moments from Class(options, directory=...)",
        fix="inherit from alcore.Moments, and take the options and the keyword argument directory",
    )
    yield built
    if not built.passed:
        return
    yield probe(
        "every moment of a run is survived, in order, and the run is closed",
        lambda: checks.in_new_folder(lambda folder: _whole_run(checks.build(folder))),
        expected="no exception from run_started to closed",
        fix="see alcore.Moments for the moments and their arguments",
    )
    yield probe(
        "training on all labels is survived, which has one round and no strategy",
        lambda: checks.in_new_folder(lambda folder: _whole_training(checks.build(folder))),
        expected="no exception where the configuration has no strategy and no slices are announced",
        fix="use config.get('strategy'): 'alseg train' has none, and its loop has no budget",
    )
    yield probe(
        "arguments that a later alseg adds are ignored",
        lambda: checks.in_new_folder(lambda folder: _whole_run(checks.build(folder), {"of_a_later_version": 1})),
        expected="that each method takes further keyword arguments",
        fix="end the signature of every moment with **_",
    )
    yield probe(
        "a run that was stopped goes on in the same folder",
        lambda: checks.in_new_folder(checks.stop_and_go_on),
        expected="no exception when a new tracker starts at a later round in the folder of the old one",
        fix="append to, or replace, what is in the folder; never insist that it is empty",
    )
    yield probe(
        "a run that fails at once can be closed",
        lambda: checks.in_new_folder(lambda folder: checks.build(folder).closed()),
        expected="no exception from closed, even where run_started was never called",
        fix="open things in run_started, and close only what is open",
    )
    yield probe(
        "only the tracker's own folder is written to",
        checks.found_elsewhere,
        expected="no file outside the directory that the tracker was given",
        fix="put every file below directory",
    )
    yield probe(
        "what the tracker is told is left alone",
        checks.found_changed,
        expected="the configuration and the rounds' records unchanged",
        fix="copy a mapping before changing it: the run goes on with it",
    )


class _TrackerChecks:
    """The checks; each returns what it found amiss, or an empty text."""

    def __init__(self, spec: TrackerSpec, options: Options) -> None:
        self.spec, self.options = spec, options

    def build(self, folder: Path) -> Moments:
        tracker: Moments = self.spec.load()(self.options, directory=folder)
        return tracker

    def in_new_folder(self, act: Callable[[Path], object]) -> str:
        with _new_folder() as folder:
            act(folder)
        return ""

    def found_when_built(self) -> str:
        with _new_folder() as folder:
            tracker = self.build(folder)
        return "" if isinstance(tracker, Moments) else f"a {type(tracker).__name__}, no alcore.Moments"

    def stop_and_go_on(self, folder: Path) -> None:
        first = self.build(folder)
        _start(first, 0, [], {})
        _round(first, 0, {})
        first.round_started(round=1)
        first.closed()
        _whole_run(self.build(folder), first_round=1)

    def found_elsewhere(self) -> str:
        with _new_folder() as outside:
            folder = outside / "run" / self.spec.name
            folder.mkdir(parents=True)
            _whole_run(self.build(folder))
            files = [os.path.relpath(path, outside) for path in outside.rglob("*") if path.is_file()]
        own = os.path.join("run", self.spec.name) + os.sep  # noqa: PTH118 - relative texts, no paths
        return ", ".join(sorted(name for name in files if not name.startswith(own)))

    def found_changed(self) -> str:
        told: dict[str, Any] = {}
        with _new_folder() as folder:
            _whole_run(self.build(folder), told=told)
        return ", ".join(name for name, (given, before) in told.items() if given != before)


@contextmanager
def _new_folder() -> Iterator[Path]:
    """A temporary folder that is the working folder too: what a tracker writes beside its own folder must not stay."""
    with tempfile.TemporaryDirectory() as folder, chdir(folder):
        yield Path(folder)


def _whole_run(
    tracker: Moments,
    further: dict[str, Any] | None = None,
    *,
    first_round: int = 0,
    told: dict[str, Any] | None = None,
) -> None:
    told = {} if told is None else told
    further = further or {}
    try:
        _start(tracker, first_round, [synthetic_record(number) for number in range(first_round)], told, **further)
        for number in range(first_round, 2):
            _round(tracker, number, told, **further)
        tracker.run_finished(reason="rounds", **further)
    finally:
        tracker.closed(**further)


def _whole_training(tracker: Moments) -> None:
    """As ``alseg train`` tells it."""
    config = {
        **_config(),
        "full_data": True,
        "loop": dict(ONE_ROUND),
    }
    del config["strategy"]
    try:
        tracker.run_started(config=config, first_round=0, last_round=0, committed=[])
        tracker.round_started(round=0)
        _training(tracker, 0, {})
        tracker.run_finished(reason="rounds")
    finally:
        tracker.closed()


def _start(
    tracker: Moments, first_round: int, committed: list[RoundRecord], told: dict[str, Any], **further: Any
) -> None:
    config = _config()
    told["the configuration"] = (config, copy.deepcopy(config))
    tracker.run_started(config=config, first_round=first_round, last_round=1, committed=committed, **further)


def _round(tracker: Moments, number: int, told: dict[str, Any], **further: Any) -> None:
    tracker.round_started(round=number, **further)
    tracker.slices_annotated(round=number, queried=_queried(), **further)
    _training(tracker, number, told, **further)


def _training(tracker: Moments, number: int, told: dict[str, Any], **further: Any) -> None:
    tracker.training_started(round=number, epochs=EPOCHS, n_slices=4, **further)
    for epoch in range(1, EPOCHS + 1):
        validation = 0.5 if epoch == EPOCHS else None
        tracker.epoch_finished(
            round=number, epoch=epoch, loss=0.7, validation=validation, learning_rate=1e-4, **further
        )
    record = synthetic_record(number)
    told[f"the record of round {number}"] = (record, copy.deepcopy(record))
    tracker.round_finished(round=number, record=record, **further)


def _config() -> dict[str, Any]:
    return {
        **{"protocol": "demo", "seed": 0, "device": "cpu", "deterministic": False, "dataset": {"name": "phantom"}},
        "loop": _values(LoopOptions.model_validate({"rounds": 1, "budget": 2, "initial": 2})),
        "pool": _values(PoolOptions.model_validate({})),
        "strategy": {"name": "entropy", "one_per_scan": True},
        "model": {"name": "unet", "features": 2},
        "loss": {"name": "focal", "gamma": 2.0},
        "learner": {"name": "synthetic", "epochs": EPOCHS, "model_selection": "best"},
        "evaluation": _values(EvaluationOptions.model_validate({})),
        "trackers": {},
    }


def _values(options: Options) -> dict[str, Any]:
    return options.model_dump(mode="json", exclude_none=True)


def _queried() -> Any:
    """Two annotated slices, as far as trackers may look at them."""
    label = np.array([[0, 1, 1], [0, 0, 2]], np.uint8)
    return SimpleNamespace(
        indices=np.array([3, 5], np.int64),
        label_space=LabelSpace(("background", "organ")),
        name=lambda k: f"scan-{k} slice {k}",
        image=lambda k: np.linspace(-1, 1, 6, dtype=np.float32).reshape(1, 2, 3),
        truth=lambda k: label.copy(),
        prediction=lambda k: np.zeros_like(label),
    )
