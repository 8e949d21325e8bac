"""Names of channels and classes that a ``dataset.json`` beside the images gives."""

from collections.abc import Mapping
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
        classes: names by label value, or of several values that make up a class.
        ignore: label values of voxels that count nowhere.
        remarks: what a person should know of it, one sentence each.
    """

    channels: Mapping[int, str] = field(default_factory=dict)
    classes: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    ignore: tuple[int, ...] = ()
    remarks: tuple[str, ...] = ()


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
            return GivenNames(remarks=(f"not used: {fault.message}",))
        single: dict[str, tuple[int, ...]] = {_usable(name): (value,) for value, name in sorted(older.labels.items())}
        return GivenNames(older.modality, single, remarks=(f"names are those of {FILE_NAME}",))
    named = [value for values in newer.labels.values() for value in values]
    if len(set(named)) < len(named):
        remark = f"{FILE_NAME} names regions that overlap, which are not used: name the classes by hand"
        return GivenNames(newer.channel_names, remarks=(remark,))
    ignore = tuple(newer.labels.get(_IGNORE, ()))
    classes = {_usable(name): tuple(values) for name, values in newer.labels.items() if name != _IGNORE}
    return GivenNames(newer.channel_names, classes, ignore, (f"names are those of {FILE_NAME}",))


def _usable(name: str) -> str:
    """A class name that may be part of a file's name."""
    return name.replace("/", " or ").replace("\\", " or ")
