"""Time all metrics of whole scans against MONAI's, scan by scan, in the same run.

Two sets: hippocampus scans (every fifth one, 52 in all) where the Decathlon's Task04_Hippocampus is at hand, and
synthetic scans of 100 slices of 320 x 320. A prediction is the truth with its surface moved at random. Both sides get
the same labels, count on the CPU with one thread and must agree.

    python benchmarks/metrics.py
    python benchmarks/metrics.py --volumes 2 --size 40 128 128 --scans 5
"""

import argparse
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import edt
import numpy as np
import SimpleITK as sitk  # noqa: N813
import torch
from monai import metrics as monai
from scipy import ndimage

from alcore import ConfusionCounts, LabelSpace, MetricSpec, Registry
from alcore.engine.confusion import ConfusionCounter

HIPPOCAMPUS = Path(__file__).parents[2] / "shared" / "data" / "Task04_Hippocampus" / "labelsTr"
N_CLASSES = 3
COMPARED = (
    "dice",
    "iou",
    "sensitivity",
    "specificity",
    "precision",
    "hausdorff",
    "hausdorff-95",
    "surface-distance",
    "surface-dice",
)
VOLUMES = ("relative-volume-difference", "volume-difference")
"""Timed on our side although MONAI has no counterpart: they cost next to nothing."""
CALIBRATION = ("calibration-error", "brier")

Labels = tuple[np.ndarray, np.ndarray, tuple[float, float, float]]


def moved(truth: np.ndarray, rng: np.random.Generator, reach: float) -> np.ndarray:
    """``truth`` with the surface of each class moved by up to ``reach`` voxels, smoothly varying in space."""
    coarse = rng.uniform(-reach, reach, [max(2, length // 8) for length in truth.shape])
    shift = ndimage.zoom(coarse, np.divide(truth.shape, coarse.shape), order=1)
    prediction = np.zeros_like(truth)
    for k in range(1, N_CLASSES):
        mask = truth == k
        prediction[edt.edt(mask) - edt.edt(~mask) > shift] = k
    return prediction


def hippocampus(n_scans: int, rng: np.random.Generator) -> Iterator[Labels]:
    """Every fifth scan with its moved copy, slices first."""
    for path in sorted(HIPPOCAMPUS.glob("hippocampus_*.nii.gz"))[::5][:n_scans]:
        image = sitk.ReadImage(str(path))
        truth = sitk.GetArrayFromImage(image).astype(np.uint8)
        yield moved(truth, rng, 2.0), truth, image.GetSpacing()[::-1]


def synthetic(n_volumes: int, size: tuple[int, int, int], rng: np.random.Generator) -> Iterator[Labels]:
    """An organ with a lesion inside, and its moved copy."""
    grid = np.ogrid[tuple(slice(-1, 1, length * 1j) for length in size)]
    for _ in range(n_volumes):
        truth = np.zeros(size, np.uint8)
        for k, largest in ((1, 0.6), (2, 0.25)):
            radii, centre = rng.uniform(0.7 * largest, largest, 3), rng.uniform(-0.1, 0.1, 3)
            inside = sum(((axis - c) / r) ** 2 for axis, c, r in zip(grid, centre, radii, strict=True)) <= 1
            truth[inside] = k
        yield moved(truth, rng, 4.0), truth, (2.5, 0.8, 0.8)


def count(prediction: np.ndarray, truth: np.ndarray) -> ConfusionCounts:
    """The confusion counts of one scan, counted as the engine does."""
    counter = ConfusionCounter(1, LabelSpace.numbered(N_CLASSES), device=torch.device("cpu"))
    counter.add(torch.zeros(len(truth), dtype=torch.int64), torch.from_numpy(prediction), torch.from_numpy(truth))
    return counter.result()


def ours(registry: Registry, names: tuple[str, ...]) -> Callable[..., dict[str, np.ndarray]]:
    """A function that scores one scan by alseg's metrics."""
    components = [registry.get(MetricSpec, name) for name in names]
    built = [(item.spec.name, item.spec.needs, item.build(item.parse_options({}))) for item in components]

    def score(prediction: np.ndarray, truth: np.ndarray, spacing: tuple[float, ...]) -> dict[str, np.ndarray]:
        counts = count(prediction, truth) if any(needs == "counts" for _, needs, _ in built) else None
        masks = [np.stack([labels == k for k in range(1, N_CLASSES)]) for labels in (prediction, truth)]
        everywhere = np.ones_like(masks[1])
        scores = {}
        for name, needs, metric in built:
            if needs == "counts":
                scores[name] = metric.from_counts(counts)[0]
            elif needs == "volume":
                scores[name] = metric.from_volume(*masks, spacing)
            else:
                scores[name] = metric.from_probabilities(masks[0].astype(np.float32), masks[1], everywhere)
        return scores

    return score


def monais(prediction: np.ndarray, truth: np.ndarray, spacing: tuple[float, ...]) -> dict[str, np.ndarray]:
    """The same scores of one scan by MONAI's functions."""
    masks = [
        torch.from_numpy(np.stack([labels == k for k in range(N_CLASSES)]))[None].float()
        for labels in (prediction, truth)
    ]
    confusion = monai.get_confusion_matrix(*masks, include_background=False)
    surface = {"include_background": False, "spacing": list(spacing)}
    scores = {
        "dice": monai.compute_dice(*masks, include_background=False),
        "iou": monai.compute_iou(*masks, include_background=False),
        "sensitivity": monai.compute_confusion_matrix_metric("sensitivity", confusion),
        "specificity": monai.compute_confusion_matrix_metric("specificity", confusion),
        "precision": monai.compute_confusion_matrix_metric("precision", confusion),
        "hausdorff": monai.compute_hausdorff_distance(*masks, **surface),
        "hausdorff-95": monai.compute_hausdorff_distance(*masks, percentile=95, **surface),
        "surface-distance": monai.compute_average_surface_distance(*masks, symmetric=True, **surface),
        "surface-dice": monai.compute_surface_dice(*masks, class_thresholds=[1.0] * (N_CLASSES - 1), **surface),
    }
    return {name: value[0].numpy() for name, value in scores.items()}


def measure(title: str, scans: Iterator[Labels], registry: Registry) -> None:
    """Time both sides on ``scans`` and print seconds, ratio and largest disagreement."""
    overlap_and_surfaces, calibration = ours(registry, COMPARED + VOLUMES), ours(registry, CALIBRATION)
    seconds, gap, n_scans = np.zeros(3), 0.0, 0
    for scan in scans:
        marks = [time.perf_counter()]
        results = []
        for score in (overlap_and_surfaces, monais, calibration):
            results.append(score(*scan))
            marks.append(time.perf_counter())
        seconds += np.diff(marks)
        gap = max(gap, *(float(np.abs(results[0][name] - results[1][name]).max()) for name in COMPARED))
        n_scans += 1
    alseg, reference, rest = seconds
    print(f"{title}: {n_scans} scans, {N_CLASSES - 1} classes")
    print(
        f"  alseg, {len(COMPARED + VOLUMES)} metrics: {alseg:.2f} s; MONAI, {len(COMPARED)} of them: {reference:.2f} s"
    )
    print(f"  ratio {reference / alseg:.1f}")
    print(f"  largest disagreement {gap:.1e}")
    print(f"  alseg, {len(CALIBRATION)} calibration metrics: {rest:.2f} s")


def main() -> None:
    """Read the options and measure both sets."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--scans", type=int, default=52, help="hippocampus scans")
    parser.add_argument("--volumes", type=int, default=20, help="synthetic volumes")
    parser.add_argument("--size", type=int, nargs=3, default=(100, 320, 320), help="slices, rows, columns of a volume")
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    registry, rng = Registry.installed(), np.random.default_rng(arguments.seed)
    if HIPPOCAMPUS.is_dir():
        measure("hippocampus", hippocampus(arguments.scans, rng), registry)
    else:
        print(f"hippocampus: left out, there is no {HIPPOCAMPUS.parent.name} in shared/data beside the repository")
    measure(
        "synthetic " + " x ".join(map(str, arguments.size)),
        synthetic(arguments.volumes, tuple(arguments.size), rng),
        registry,
    )


if __name__ == "__main__":
    main()
