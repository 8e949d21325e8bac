"""Medical Segmentation Decathlon: NIfTI volumes described by a ``dataset.json``.

Antonelli et al., "The Medical Segmentation Decathlon", Nature Communications 13, 2022.
"""

from importlib import resources
from pathlib import Path
from typing import ClassVar
from unicodedata import normalize

from alcore import AlsegError, DatasetListing, Scan, ScanSource, SourceArchive, read_toml
from alseg_datasets.dataset_json import FILE_NAME, Case, DecathlonJson
from alseg_datasets.image_files import ImageFiles
from alseg_datasets.labels import LabelNames
from alseg_datasets.options import ScanOptions
from alseg_datasets.pairs import read_pair
from alseg_datasets.patterns import locate
from alseg_datasets.tasks import TASKS, Task
from alseg_datasets.transform import Labelling
from alseg_datasets.typed_json import read_json

_VALIDATION_STEP = 5
"""Every fifth scan of ``dataset.json`` validates, as in Burmeister et al. 2022."""


class Decathlon(ImageFiles):
    """One task of the Decathlon, read from its official folder.

    The third axis of an image is its slice axis unless the options say otherwise; a fourth axis are channels.
    Channels and classes are those that ``dataset.json`` names.
    """

    task: ClassVar[Task]

    def __init__(self, options: ScanOptions) -> None:
        self.options = options

    def list_scans(self, source: Path | None) -> DatasetListing:
        """List the training scans of ``dataset.json``.

        Raises:
            AlsegError: there is no usable ``dataset.json``, it describes another task, or a file it names is missing.
        """
        assert source is not None
        described = _read_description(source, self.task)
        channels = tuple(name for _, name in sorted(described.modality.items()))
        values = sorted(described.labels)
        labels = LabelNames(
            names=tuple(described.labels[value] for value in values),
            numbers={value: number for number, value in enumerate(values)},
        )
        self._check_task(source, channels, labels)
        labelling = Labelling(labels.names, self.options)
        return DatasetListing(
            class_names=labelling.class_names,
            channel_names=channels,
            scans=[_scan_source(source, index, entry, labels) for index, entry in enumerate(described.training)],
            multi_label=labelling.multi_label,
            label_values=labelling.values(labels.numbers),
            licence=described.licence,
            reference=described.reference,
        )

    def read_scan(self, scan: ScanSource) -> Scan:
        """Read one image with its label map.

        Raises:
            AlsegError: a file is missing, truncated or no image, the two do not fit, or a label value has no name.
        """
        *images, label = scan.files
        labels: LabelNames = scan.detail
        return read_pair(images, label, labels, self.options)

    def archive(self) -> SourceArchive:
        """The official archive of the task, as ``archives.toml`` beside this module says."""
        with resources.as_file(resources.files("alseg_datasets").joinpath("archives.toml")) as path:
            described = read_toml(path)
        entry = described[self.task.name]
        return SourceArchive(
            urls=tuple(entry["urls"]),
            folder=self.task.folder,
            md5=entry["md5"],
            licence=described["licence"],
            reference=described["reference"],
        )

    def _check_task(self, source: Path, channels: tuple[str, ...], labels: LabelNames) -> None:
        task = self.task
        if (len(channels), len(labels.names)) != (task.n_channels, task.n_classes):
            raise AlsegError(
                f"{source} is not {task.folder}: its dataset.json names {len(channels)} channels and "
                f"{len(labels.names)} classes, not {task.n_channels} and {task.n_classes}"
            )


def _read_description(source: Path, task: Task) -> DecathlonJson:
    path = source / FILE_NAME
    if not path.is_file():
        inner = source / task.folder
        hint = f"did you mean --source {inner}?" if inner.is_dir() else f"name the folder {task.folder} itself"
        raise AlsegError(f"{source} is not a Decathlon task: it has no {FILE_NAME}", hint=hint)
    return read_json(path, DecathlonJson, "that of a Decathlon task")


def _scan_source(source: Path, index: int, case: Case, labels: LabelNames) -> ScanSource:
    files = tuple(locate(source, path) for path in (*case.image, case.label))
    for file in files:
        if not file.is_file():
            raise AlsegError(f"{file} is missing, though {source / FILE_NAME} names it")
    return ScanSource(
        id=normalize("NFC", files[0].name.removesuffix(".gz").removesuffix(".nii")),
        files=files,
        split="validation" if index % _VALIDATION_STEP == 0 else "train",
        detail=labels,
    )


_TASKS = {task.target: task for task in TASKS}


class BrainTumour(Decathlon):
    """Task 1: gliomas in four MRI sequences."""

    task = _TASKS["BrainTumour"]


class Heart(Decathlon):
    """Task 2: left atrium in MRI."""

    task = _TASKS["Heart"]


class Liver(Decathlon):
    """Task 3: liver and tumours in CT."""

    task = _TASKS["Liver"]


class Hippocampus(Decathlon):
    """Task 4: anterior and posterior hippocampus in MRI."""

    task = _TASKS["Hippocampus"]


class Prostate(Decathlon):
    """Task 5: prostate zones in two MRI sequences."""

    task = _TASKS["Prostate"]


class Lung(Decathlon):
    """Task 6: lung tumours in CT."""

    task = _TASKS["Lung"]


class Pancreas(Decathlon):
    """Task 7: pancreas and tumours in CT."""

    task = _TASKS["Pancreas"]


class HepaticVessel(Decathlon):
    """Task 8: liver vessels and tumours in CT."""

    task = _TASKS["HepaticVessel"]


class Spleen(Decathlon):
    """Task 9: spleen in CT."""

    task = _TASKS["Spleen"]


class Colon(Decathlon):
    """Task 10: colon cancer in CT."""

    task = _TASKS["Colon"]
