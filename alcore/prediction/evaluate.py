"""Measure a run's model on scans of its store, or on other files."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from alcore.drawing.montage import overlay
from alcore.drawing.png import write_png
from alcore.engine.evaluator import Evaluator
from alcore.engine.scoring import Scoring
from alcore.errors import AlsegError
from alcore.files import make_folder
from alcore.pool.data import open_splits
from alcore.prediction.image_reader import image_reader
from alcore.prediction.label_parts import LabelParts
from alcore.prediction.predict import Files, Warn, naming, scan_names, scan_probabilities, tell
from alcore.prediction.run_model import RunModel, open_run_model
from alcore.registry import Registry
from alcore.runs.assemble import build_scoring
from alcore.scans import Split
from alcore.scores import Scores, summarise

Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Evaluation:
    """What a model scored.

    Args:
        round: the round whose model it is.
        scans: ids of the scans, or the names of their files.
        class_names: names of the foreground classes.
        scores: by metric, (scans, foreground classes).
        synthetic: whether the run's images were generated, not measured.
    """

    round: int
    scans: tuple[str, ...]
    class_names: tuple[str, ...]
    scores: Scores
    synthetic: bool

    def summary(self) -> dict[str, Any]:
        """Means by metric, as ``rounds.jsonl`` holds them."""
        return summarise(self.scores, self.class_names)

    def as_json(self) -> dict[str, Any]:
        """Means, and the scores of each scan: by scan, metric and class; null where there is no value."""
        per_scan = {
            scan: summarise({name: values[k : k + 1] for name, values in self.scores.items()}, self.class_names)
            for k, scan in enumerate(self.scans)
        }
        return {"round": self.round, "synthetic": self.synthetic, "scores": self.summary(), "scans": per_scan}


def evaluate_split(
    run: Path,
    registry: Registry,
    split: Split = "validation",
    *,
    metrics: Sequence[str | Mapping[str, Any]] = (),
    pictures: Path | None = None,
    device: str | None = None,
) -> Evaluation:
    """Score the model of a run on a split of its store, exactly as the run does.

    Args:
        run: the run directory.
        registry: the installed components.
        split: ``validation``, ``test`` or ``train``.
        metrics: metrics by name, or as sections with options; by default the run's.
        pictures: a folder for a PNG per scan with the contours of truth and prediction.
        device: where to apply the model; by default as the run did.

    Raises:
        AlsegError: the run cannot be opened, has no such split, or a metric does not exist or fit.
    """
    with open_run_model(run, registry, device, metrics) as model:
        scoring = build_scoring(model.config, registry, model.store.info)
        splits = open_splits(model.store, model.config.pool, model.device).splits
        if split not in splits:
            raise AlsegError(
                f"the store of {run} has no {split} scans", hint=f"it has: {', '.join(splits)}; see --test-fraction"
            )
        data = splits[split]

        def draw(number: int, logits: Tensor, labels: Tensor) -> None:
            assert pictures is not None
            image = model.store.read_scan_image(int(data.table.store_scan[number]))[:, 0]
            _draw(pictures, data.table.scan_ids[number], image, *_masks(labels, logits, scoring))

        scores = Evaluator(data, scoring).scores(model.predictor, each_scan=draw if pictures else None)
        return _evaluation(model, data.table.scan_ids, scores)


def evaluate_files(
    run: Path,
    registry: Registry,
    scans: Sequence[Files],
    labels: Sequence[Path],
    *,
    metrics: Sequence[str | Mapping[str, Any]] = (),
    pictures: Path | None = None,
    device: str | None = None,
    progress: Progress = lambda done, total: None,
    warn: Warn = lambda warning: None,
) -> Evaluation:
    """Score the model of a run on image files with label maps, in the grid of the files.

    Args:
        run: the run directory.
        registry: the installed components.
        scans: the files of each scan.
        labels: the label map of each scan, in the same order, with the label values of the run's dataset.
        metrics: metrics by name, or as sections with options; by default the run's.
        pictures: a folder for a PNG per scan with the contours of truth and prediction.
        device: where to apply the model; by default as the run did.
        progress: told of scans done and scans in all.
        warn: told what is odd about a scan or its label map though it can be used.

    Raises:
        AlsegError: the run cannot be opened, files are missing, do not fit the model or each other, or a metric does
            not exist or fit.
    """
    names = scan_names(scans)
    if len(scans) != len(labels):
        raise AlsegError(f"there are {len(scans)} scans and {len(labels)} labels", hint="give a label for each scan")
    for label in labels:
        if not label.exists():
            raise AlsegError(f"{label} is missing")
    with open_run_model(run, registry, device, metrics) as model:
        info = model.store.info
        label_space = info.label_space
        scoring, parts = build_scoring(model.config, registry, info), LabelParts.of(info)
        reader, slice_axis = image_reader(info, registry), model.store.geometry(0).slice_axis
        rows: list[Scores] = []
        for files, label, name in zip(scans, labels, names, strict=True):
            progress(len(rows), len(scans))
            image = reader.read_image(files, slice_axis)
            with naming(files):
                p = torch.from_numpy(np.ascontiguousarray(reader.to_source(scan_probabilities(model, image), image)))
            numbers, odd = reader.read_label(label, image, parts.values, info.ignored_values)
            tell(warn, files, image.warnings)
            tell(warn, (label,), odd)
            truth = torch.from_numpy(parts.labels(numbers))
            logits = label_space.logits(p.transpose(0, 1))
            rows.append(_scan_scores(logits, truth, image.source_spacing, scoring))
            if pictures is not None:
                grey = reader.to_source(image.image[:, :1].astype(np.float32), image)[0]
                _draw(pictures, name, grey, *_masks(truth, logits, scoring))
        progress(len(scans), len(scans))
        scores = {name: np.stack([row[name] for row in rows]) for name in scoring.names}
        return _evaluation(model, tuple(names), scores)


def _masks(truth: Tensor, logits: Tensor, scoring: Scoring) -> list[NDArray[np.bool_]]:
    """Masks of truth and prediction, (foreground classes, slices, height, width) each."""
    label_space = scoring.label_space
    return [label_space.masks(labels).cpu().numpy() for labels in (truth, label_space.decide(logits))]


def _scan_scores(logits: Tensor, truth: Tensor, spacing: tuple[float, float, float], scoring: Scoring) -> Scores:
    """Scores of one scan, (foreground classes,) each."""
    scores = scoring.of_scan(logits, truth, spacing)
    scan = torch.zeros(len(logits), dtype=torch.int64)
    for level in (None, *scoring.confidence_levels):
        counter = scoring.counter(1, logits.device)
        counter.add(scan, scoring.label_space.decide(logits, level or 0.5), truth)
        scores |= {name: values[0] for name, values in scoring.of_counts(counter.result(), level).items()}
    return scores


def _draw(
    folder: Path, name: str, image: NDArray[Any], truth: NDArray[np.bool_], prediction: NDArray[np.bool_]
) -> None:
    make_folder(folder)
    write_png(folder / f"{name}.png", overlay(image, truth, prediction))


def _evaluation(model: RunModel, scans: tuple[str, ...], scores: Scores) -> Evaluation:
    info = model.store.info
    return Evaluation(model.round, scans, info.label_space.foreground_names, scores, info.synthetic)
