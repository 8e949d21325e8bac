"""A first description of a folder, guessed from its file names and a few labels."""

import re
from collections import defaultdict
from collections.abc import Iterator
from itertools import product
from pathlib import Path

import numpy as np

from alcore import AlsegError, write_text
from alseg_datasets.description import FILE_NAME, ID
from alseg_datasets.images import read_volume
from alseg_datasets.label_file import read_label_file

_SUFFIXES = (".nii.gz", ".nii", ".nrrd", ".mha", ".mhd", ".png", ".tif", ".tiff")
_LABEL = re.compile(r"label|mask|seg|annot|truth|(^|[^a-z])gt([^a-z]|$)")
_LABELS_READ = 20
_TEMPLATE = """\
# Written by 'alseg data init' from what it found here. Check it, then convert:
#   alseg data convert folder --source DIR --name NAME

# Where the files are; {{id}} stands for the scan's id. A pattern may also name folders with one DICOM series each.
{images}
labels = {labels}
{channels}
# Class name = label value.
[classes]
{classes}

# Which scans validate and test: a share of all, drawn by the seed, or a list of ids.
[split]
validation = 0.2
test = 0.0
seed = 0
# patient = '^(\\w+?)_'  # keeps the scans of a patient together: the group in parentheses is the patient's id
"""


def sketch_description(folder: Path) -> Path:
    """Write ``alseg.toml`` into ``folder``; returns its path.

    Raises:
        AlsegError: there is one already, the folder cannot be written, or no images with labels are found.
    """
    target = folder / FILE_NAME
    if not folder.is_dir():
        raise AlsegError(f"the folder {folder} does not exist")
    if target.exists():
        raise AlsegError(f"{target} exists already", hint="edit it, or remove it first")
    images, labels, ids = _best_patterns(folder)
    label_paths = [folder / labels.replace(ID, name) for name in sorted(ids)[:_LABELS_READ]]
    values = sorted({int(value) for path in label_paths for value in np.unique(read_label_file(path).voxels)} | {0})
    first = sorted(ids)[0]
    text = _TEMPLATE.format(
        images=_images_text(images),
        labels=_quoted(labels),
        channels=_channels_text(images, folder, first),
        classes="\n".join(f"{_quoted(_class_name(value))} = {value}" for value in values),
    )
    write_text(target, text)
    return target


def _best_patterns(folder: Path) -> tuple[list[str], str, set[str]]:
    """Image patterns (one per channel), the label pattern, and the ids that all of them have."""
    images: dict[str, set[str]] = defaultdict(set)
    labels: dict[str, set[str]] = defaultdict(set)
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if name.lower().endswith(_SUFFIXES) and not path.name.startswith("."):
            for pattern, scan in _patterns(name):
                (labels if _LABEL.search(name.lower()) else images)[pattern].add(scan)
    pairs = [(len(images[one] & labels[other]), one, other) for one, other in product(images, labels)]
    most = max((pair[0] for pair in pairs), default=0)
    if most == 0:
        raise AlsegError(
            f"no images with labels were found in {folder}",
            hint="labels are recognised by 'label', 'mask' or 'seg' in their path; docs/datasets.md shows how to write "
            f"{FILE_NAME} by hand",
        )
    _, image, label = min((pair for pair in pairs if pair[0] == most), key=lambda pair: len(pair[1]) + len(pair[2]))
    ids = images[image] & labels[label]
    channels = [pattern for pattern in images if images[pattern] >= ids] if most > 1 else [image]
    return sorted(channels), label, ids


def _patterns(name: str) -> Iterator[tuple[str, str]]:
    """Ways to see a path as a pattern with an id: its stem, the stem up to a mark such as ``_t1``, or its folder."""
    folder, _, file = name.rpartition("/")
    prefix = f"{folder}/" if folder else ""
    suffix = next(suffix for suffix in _SUFFIXES if file.lower().endswith(suffix))
    stem, suffix = file[: -len(suffix)], file[-len(suffix) :]
    yield f"{prefix}{ID}{suffix}", stem
    for mark in re.finditer(r"[_.-][A-Za-z]\w*$|_\d{4}$", stem):
        yield f"{prefix}{ID}{stem[mark.start() :]}{suffix}", stem[: mark.start()]
    above, _, last = folder.rpartition("/")
    if last:
        yield f"{above}/{ID}/{file}".lstrip("/"), last


def _images_text(patterns: list[str]) -> str:
    if len(patterns) == 1:
        return f"images = {_quoted(patterns[0])}"
    names = {pattern: re.sub(r"\W+", "-", pattern.split(ID)[1].split(".")[0]).strip("-_") for pattern in patterns}
    return "images = { " + ", ".join(f"{_quoted(names[pattern])} = {_quoted(pattern)}" for pattern in patterns) + " }"


def _channels_text(patterns: list[str], folder: Path, first: str) -> str:
    if len(patterns) > 1:
        return ""
    n_channels = len(read_volume(folder / patterns[0].replace(ID, first)).voxels)
    names = ["image"] if n_channels == 1 else [f"channel {number}" for number in range(1, n_channels + 1)]
    return f"channels = [{', '.join(map(_quoted, names))}]\n"


def _class_name(value: int) -> str:
    return "background" if value == 0 else f"class {value}"


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
