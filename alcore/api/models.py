"""Use the model of a run: predict scans, and measure it."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from alcore.errors import AlsegError
from alcore.registry import Registry

if TYPE_CHECKING:
    from alcore.prediction.evaluate import Evaluation
    from alcore.scans import Split

__all__ = ["Evaluation", "Scan", "Split", "evaluate", "files_of", "predict"]

Scan = Path | str | Sequence[Path | str]
"""The file of a scan, or its files: one per channel, or those of a series."""


def predict(
    run: Path | str,
    scans: Sequence[Scan],
    out: Path | str,
    *,
    probabilities: bool = False,
    device: str | None = None,
    progress: Callable[[int, int], None] = lambda done, total: None,
    warn: Callable[[str], None] = lambda warning: None,
) -> list[Path]:
    """Predict scans by the model of a run, as ``alseg predict`` does, and return the NIfTI files that it wrote.

    A scan's label map has its name and its geometry, and the dataset's own label values; of multi-label data there is
    a file per class with 0 and 1, ``NAME.CLASS.nii.gz``. Probabilities are ``NAME.CLASS.probability.nii.gz``, float32.

    Args:
        run: the run directory.
        scans: the file or files of each scan.
        out: the folder to write to; made if need be.
        probabilities: write the probabilities of every class too.
        device: where to apply the model; by default as the run did.
        progress: told of scans done and scans in all.
        warn: told what is odd about a scan though it can be used.

    Raises:
        AlsegError: the run cannot be opened, a file is missing or unreadable, a scan has other channels than the
            model, or a file to write exists already. What was written before is whole.
    """
    from alcore.prediction.predict import predict as predict_files

    return predict_files(
        Path(run),
        Registry.installed(),
        [_files(scan) for scan in scans],
        Path(out),
        probabilities=probabilities,
        device=device,
        progress=progress,
        warn=warn,
    )


def evaluate(
    run: Path | str,
    *,
    split: "Split | None" = None,
    scans: Sequence[Scan] = (),
    labels: Sequence[Path | str] = (),
    metrics: str | Sequence[str | Mapping[str, Any]] = (),
    pictures: Path | None = None,
    device: str | None = None,
    progress: Callable[[int, int], None] = lambda done, total: None,
    warn: Callable[[str], None] = lambda warning: None,
) -> "Evaluation":
    """Measure the model of a run, as ``alseg evaluate`` does: on a split of its store, or on other files.

    Args:
        run: the run directory.
        split: ``validation`` (the default), ``test`` or ``train``, scored exactly as the run does.
        scans: instead of a split, the file or files of each scan, scored in the grid of the files.
        labels: the label map of each of ``scans``, with the label values of the run's dataset.
        metrics: metrics by name, or as sections with options; or in one text, as in
            ``"dice,surface-dice:tolerance=2"``; by default the run's.
        pictures: a folder for a PNG per scan with the contours of truth and prediction.
        device: where to apply the model; by default as the run did.
        progress: told of scans done and scans in all, where files are measured.
        warn: told what is odd about a scan or its label map though it can be used.

    Raises:
        AlsegError: the run cannot be opened or has no such split, files are missing, do not fit the model or each
            other, a metric does not exist or fit, or both a split and files are given.
    """
    from alcore.benchmark.grid import parse_choices
    from alcore.prediction.evaluate import evaluate_files, evaluate_split

    if split and (scans or labels):
        raise AlsegError("--split and --scans exclude each other", hint="--split means scans of the run's store")
    chosen = [metric.as_section() for metric in parse_choices(metrics)] if isinstance(metrics, str) else metrics
    path, registry = Path(run), Registry.installed()
    if not (scans or labels):
        return evaluate_split(path, registry, split or "validation", metrics=chosen, pictures=pictures, device=device)
    return evaluate_files(
        path,
        registry,
        [_files(scan) for scan in scans],
        [Path(label) for label in labels],
        metrics=chosen,
        pictures=pictures,
        device=device,
        progress=progress,
        warn=warn,
    )


def files_of(text: str) -> tuple[Path, ...]:
    """The files of a scan, as the command line gives them: joined by commas, unless there is a file of that name."""
    return (Path(text),) if Path(text).exists() else tuple(Path(part) for part in text.split(","))


def _files(scan: Scan) -> tuple[Path, ...]:
    return (Path(scan),) if isinstance(scan, Path | str) else tuple(map(Path, scan))
