"""Names of channels and classes that a ``dataset.json`` beside the images gives."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from alcore import AlsegError
from alseg_datasets.dataset_json import FILE_NAME, Named, NnUnetJson
from alseg_datasets.typed_json import read_json

_IGNORE = "ignore"


@dataclass(frozen=True)
class GivenNames:
    """What is given.

    Args:
        channels: names by number.
        classes: the label values of each class; classes that share some overlap.
        ignore: label values of voxels that count nowhere.
        fault: why nothing is given, though there is a file.
    """

    channels: Mapping[int, str] = field(default_factory=dict)
    classes: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    ignore: tuple[int, ...] = ()
    fault: str = ""

    @property
    def values(self) -> set[int]:
        """All label values that are named or ignored."""
        return {value for of_class in self.classes.values() for value in of_class} | set(self.ignore)

    def remarks_on(self, unnamed: Collection[int]) -> list[str]:
        """What a person should know of the names, one sentence each.

        Args:
            unnamed: label values that there are, and that no name is given to.
        """
        if not self.classes:
            return [f"not used: {self.fault}"] if self.fault else []
        if unnamed:
            values = ", ".join(map(str, sorted(unnamed)))
            return [f"{FILE_NAME} does not name the label values {values}, so that its names of classes are not used"]
        n_values = sum(map(len, self.classes.values()))
        overlap = (
            ["classes overlap, so that each is stored by itself"]
            if n_values > len(self.values - set(self.ignore))
            else []
        )
        return [f"names are those of {FILE_NAME}", *overlap]


def read_given_names(folder: Path) -> GivenNames:
    """The names that ``dataset.json`` in ``folder`` gives; none where there is no such file, or one of another kind."""
    path = folder / FILE_NAME
    if not path.is_file():
        return GivenNames()
    try:
        newer = read_json(path, NnUnetJson, "that of nnU-Net 2")
    except AlsegError as fault:
        try:
            older = read_json(path, Named, "that of nnU-Net or the Decathlon")
        except AlsegError:
            return GivenNames(fault=fault.message)
        single: dict[str, tuple[int, ...]] = {_usable(name): (value,) for value, name in sorted(older.labels.items())}
        return GivenNames(older.modality, single)
    ignore = tuple(newer.labels.get(_IGNORE, ()))
    classes = {_usable(name): tuple(values) for name, values in newer.labels.items() if name != _IGNORE}
    return GivenNames(newer.channel_names, classes, ignore)


def _usable(name: str) -> str:
    """A class name that may be part of a file's name."""
    return name.replace("/", " or ").replace("\\", " or ")
