"""A folder of one's own: images and labels in any format that alseg reads, described by a small TOML file."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from alcore import AlsegError, DatasetListing, Scan, ScanSource
from alseg_datasets.description import FILE_NAME, ID, Description, SplitName, read_description
from alseg_datasets.image_files import ImageFiles
from alseg_datasets.labels import LabelNames
from alseg_datasets.options import ScanOptions
from alseg_datasets.pairs import read_pair
from alseg_datasets.read_files import files_of
from alseg_datasets.sketch import sketch_description
from alseg_datasets.transform import Labelling, Lengths


@dataclass(frozen=True)
class _Detail:
    """What a worker needs to read a scan: its images (one per channel, or one with all) and label, files or folders."""

    images: tuple[Path, ...]
    label: Path
    labels: LabelNames
    options: ScanOptions
    spacing: Lengths | None


class Folder(ImageFiles):
    """Scans of any folder with an ``alseg.toml``; ``docs/datasets.md`` describes its keys."""

    def __init__(self, options: ScanOptions) -> None:
        self.options = options

    def list_scans(self, source: Path | None) -> DatasetListing:
        """List the scans that the description's patterns find, sorted by id.

        Raises:
            AlsegError: there is no usable description, nothing matches it, or a scan lacks its label or a channel.
        """
        assert source is not None
        described = read_description(source)
        labels = _label_names(described)
        labelling = Labelling(labels.names, self.options)
        options = self.options
        if "slice_axis" not in options.model_fields_set:
            options = options.model_copy(update={"slice_axis": described.slice_axis})
        patterns = described.images if isinstance(described.images, dict) else {"": described.images}
        label_of = find(source, described.labels)
        found = {name: find(source, pattern, without=label_of.values()) for name, pattern in patterns.items()}
        ids = sorted(set().union(*found.values()))
        if not ids:
            raise AlsegError(f"nothing in {source} matches 'images' of {FILE_NAME}: {', '.join(patterns.values())}")
        for name in ids:
            for (channel, pattern), files in zip(patterns.items(), found.values(), strict=True):
                _require(name in files, source, name, f"image {channel}".rstrip(), pattern)
            _require(name in label_of, source, name, "label", described.labels)
        split = described.split.assign(ids)

        def detail(name: str) -> _Detail:
            return _Detail(
                tuple(files[name] for files in found.values()), label_of[name], labels, options, described.spacing
            )

        return DatasetListing(
            class_names=labelling.class_names,
            channel_names=tuple(patterns) if isinstance(described.images, dict) else described.channels,
            scans=[_scan_source(name, split[name], detail(name), described.split.patient_of(name)) for name in ids],
            multi_label=labelling.multi_label,
            label_values=labelling.values(labels.numbers),
            ignored_values=tuple(sorted(labels.ignored)),
            licence=described.licence,
            reference=described.reference,
        )

    def read_scan(self, scan: ScanSource) -> Scan:
        """Read one scan.

        Raises:
            AlsegError: a file is missing, truncated or no image, files do not fit, or a label value has no name.
        """
        detail: _Detail = scan.detail
        return read_pair(detail.images, detail.label, detail.labels, detail.options, detail.spacing)

    def write_description(self, source: Path) -> Path:
        """Write a first ``alseg.toml`` from what ``source`` contains and return its path.

        Raises:
            AlsegError: there is one already, or no images with labels are found.
        """
        return sketch_description(source)


def find(folder: Path, pattern: str, without: Iterable[Path] = ()) -> dict[str, Path]:
    """Files and folders that match a pattern with ``{id}``, by id; neither hidden ones nor those in ``without``."""
    before, after = pattern.split(ID)
    regex = re.compile(f"{re.escape(before)}(?P<id>[^/]+){re.escape(after)}")
    excluded = set(without)
    found: dict[str, Path] = {}
    for path in sorted(folder.glob(_glob(before, after))):
        match = regex.fullmatch(path.relative_to(folder).as_posix())
        if match and path not in excluded and not path.name.startswith("."):
            found[match["id"]] = path
    return found


def _glob(before: str, after: str) -> str:
    escaped = [re.sub(r"([*?[])", r"[\1]", part) for part in (before, after)]
    return "*".join(escaped)


def _require(there: bool, folder: Path, name: str, what: str, pattern: str) -> None:
    if not there:
        raise AlsegError(f"the scan {name!r} has no {what}: {folder / pattern.replace(ID, name)} is missing")


def _label_names(described: Description) -> LabelNames:
    ordered = sorted(described.classes.items(), key=lambda item: (item[1] != 0, item[1]))
    return LabelNames(
        names=tuple(name for name, _ in ordered),
        numbers={value: number for number, (_, value) in enumerate(ordered)},
        ignored=frozenset(described.ignore),
    )


def _scan_source(name: str, split: SplitName, detail: _Detail, patient: str) -> ScanSource:
    files = [file for path in (*detail.images, detail.label) for file in files_of(path)]
    return ScanSource(name, tuple(files), split, detail, patient)
