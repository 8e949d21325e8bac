"""Predict scans from image files and write label maps in their geometry."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from alcore.errors import AlsegError
from alcore.escapes import file_names
from alcore.files import disk_errors, make_folder, renamed_to
from alcore.prediction.image_reader import image_reader, label_values
from alcore.prediction.run_model import RunModel, open_run_model
from alcore.registry import Registry
from alcore.scans import SourceImage

Progress = Callable[[int, int], None]
Warn = Callable[[str], None]
Files = tuple[Path, ...]
"""The files of one scan: one with all channels, or one per channel."""

_ENDINGS = (
    *(".nii.gz", ".nii", ".hdr.gz", ".hdr", ".img.gz", ".img", ".nrrd", ".nhdr", ".mha", ".mhd"),
    *(".dcm", ".png", ".tif", ".tiff"),
)


def predict(
    run: Path,
    registry: Registry,
    scans: Sequence[Files],
    out: Path,
    *,
    probabilities: bool = False,
    device: str | None = None,
    progress: Progress = lambda done, total: None,
    warn: Warn = lambda warning: None,
) -> list[Path]:
    """Predict ``scans`` by the model of a run and write NIfTI files into ``out``; return their paths.

    A scan's label map has its name, and the dataset's own label values; of multi-label data there is a file per class
    with 0 and 1, as ``NAME.CLASS.nii.gz``. Probabilities are ``NAME.CLASS.probability.nii.gz``, float32.

    Args:
        run: the run directory.
        registry: the installed components.
        scans: the files of each scan.
        out: the folder to write to; made if need be.
        probabilities: write the probabilities of every class too.
        device: where to apply the model; by default as the run did.
        progress: told of scans done and scans in all.
        warn: told what is odd about a scan though it can be used.

    Raises:
        AlsegError: the run cannot be opened, a file is missing or unreadable, a scan has other channels than the
            model, or a file to write exists already. What was written before is whole.
    """
    names = scan_names(scans)
    with open_run_model(run, registry, device) as model:
        reader = image_reader(model.store.info, registry)
        slice_axis = model.store.geometry(0).slice_axis
        files = [_outputs(name, out, model, probabilities) for name in names]
        for path in (path for of_scan in files for path in of_scan):
            if path.exists():
                raise AlsegError(f"{path} exists already", hint="choose another --out")
        make_folder(out)
        progress(0, len(scans))
        for done, (sources, targets) in enumerate(zip(scans, files, strict=True), start=1):
            image = reader.read_image(sources, slice_axis)
            tell(warn, sources, image.warnings)
            with naming(sources):
                p = reader.to_source(scan_probabilities(model, image), image)
            for path, voxels in zip(targets, _volumes(p, model, probabilities), strict=True):
                with disk_errors(path), renamed_to(path) as partial:
                    reader.write_volume(partial, voxels, image)
            progress(done, len(scans))
    return [path for of_scan in files for path in of_scan]


def scan_names(scans: Sequence[Files]) -> list[str]:
    """The name of each scan: that of its first file without the ending.

    Raises:
        AlsegError: there are none, a file is missing, or two scans have one name.
    """
    if not scans:
        raise AlsegError("no scan is named", hint="give files: --scans a.nii.gz b.nii.gz")
    for path in (path for files in scans for path in files):
        if not path.exists():
            raise AlsegError(f"{path} is missing")
    names = [scan_name(files[0]) for files in scans]
    for name in names:
        if names.count(name) > 1:
            raise AlsegError(f"two scans are called {name!r}", hint="predict them one at a time, into other folders")
    return names


def scan_name(path: Path) -> str:
    """The name of a file without what says its format."""
    ending = next((ending for ending in _ENDINGS if path.name.lower().endswith(ending)), "")
    return path.name[: len(path.name) - len(ending)]


def scan_probabilities(model: RunModel, image: SourceImage) -> NDArray[np.float32]:
    """Class probabilities (slices, classes, height, width) of one scan."""
    p = model.store.info.label_space.probabilities(model.logits(image.image, image.spacing))
    array: NDArray[np.float32] = p.cpu().numpy()
    return array


def tell(warn: Warn, files: Files, warnings: Sequence[str]) -> None:
    """Tell what is odd about the files of a scan."""
    for warning in warnings:
        warn(f"{', '.join(map(str, files))}: {warning}")


@contextmanager
def naming(files: Files) -> Iterator[None]:
    """Put the files of a scan in front of errors about it."""
    try:
        yield
    except AlsegError as error:
        raise AlsegError(f"{', '.join(map(str, files))}: {error.message}", hint=error.hint) from error


def _outputs(name: str, out: Path, model: RunModel, probabilities: bool) -> list[Path]:
    info = model.store.info
    classes = file_names(info.class_names)
    paths = (
        [out / f"{name}.{label}.nii.gz" for label in classes]
        if info.label_space.multi_label
        else [out / f"{name}.nii.gz"]
    )
    return paths + ([out / f"{name}.{label}.probability.nii.gz" for label in classes] if probabilities else [])


def _volumes(p: NDArray[np.float32], model: RunModel, probabilities: bool) -> list[NDArray[Any]]:
    """What goes into the files of :func:`_outputs`, from probabilities (classes, z, y, x)."""
    info = model.store.info
    if info.label_space.multi_label:
        labels: list[NDArray[Any]] = list((p > 0.5).astype(np.uint8))
    else:
        chosen = [of_class[0] for of_class in label_values(info)]
        values = np.array(chosen, np.result_type(*map(np.min_scalar_type, chosen)))
        labels = [values[p.argmax(axis=0)]]
    return labels + (list(p.astype(np.float32)) if probabilities else [])
