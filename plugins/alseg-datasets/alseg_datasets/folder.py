"""A folder of one's own: images and labels in any format that alseg reads, described by a small TOML file."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from alcore import DatasetListing, Scan, ScanSource, SourceSketch
from alseg_datasets.description import FILE_NAME, read_description
from alseg_datasets.found_files import ScanFiles, find_scans
from alseg_datasets.image_files import ImageFiles
from alseg_datasets.labels import LabelNames
from alseg_datasets.options import ScanOptions
from alseg_datasets.pairs import read_pair
from alseg_datasets.read_files import files_of
from alseg_datasets.sketch import sketches
from alseg_datasets.split_rule import SplitName
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
        labels = LabelNames.of_classes(described.classes, described.ignore)
        labelling = Labelling(labels.names, self.options, labels.shared)
        options = self.options
        if "slice_axis" not in options.model_fields_set:
            options = options.model_copy(update={"slice_axis": described.slice_axis})
        channel_names, scans = find_scans(source, described)
        file = str(source / FILE_NAME)
        patients = {name: described.split.patient_of(name, file) or files.key.patient for name, files in scans.items()}
        split = described.split.assign(patients, file)

        def detail(files: ScanFiles) -> _Detail:
            return _Detail(files.images, files.label, labels, options, described.spacing)

        return DatasetListing(
            class_names=labelling.class_names,
            channel_names=channel_names,
            scans=[_scan_source(name, split[name], detail(files), patients[name]) for name, files in scans.items()],
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

    def sketches(self, source: Path) -> Iterator[SourceSketch]:
        """First descriptions of ``source`` from what it contains, the likeliest first.

        Raises:
            AlsegError: there is one already, or no images with labels are found.
        """
        return sketches(source)


def _scan_source(name: str, split: SplitName, detail: _Detail, patient: str) -> ScanSource:
    files = [file for path in (*detail.images, detail.label) for file in files_of(path)]
    return ScanSource(name, tuple(files), split, detail, patient)
