"""First descriptions of a folder, guessed from its file names and label maps."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from unicodedata import normalize

from alcore import AlsegError, SourceSketch
from alseg_datasets.description import FILE_NAME
from alseg_datasets.description_text import DescriptionText
from alseg_datasets.found_files import find
from alseg_datasets.given_names import GivenNames, read_given_names
from alseg_datasets.images import read_volume
from alseg_datasets.label_values import labels_by_content, union
from alseg_datasets.layout import Layout, find_layouts, named_labels
from alseg_datasets.parts_of_study import patient_regex, split_names, without_sites
from alseg_datasets.patterns import Key, Pattern
from alseg_datasets.tree import Tree, read_tree, suffix_of

_MOST_NAMED = 5


def sketches(folder: Path) -> Iterator[SourceSketch]:
    """Descriptions of ``folder``, the likeliest first; none of them has been tried.

    Raises:
        AlsegError: there is one already, the folder cannot be read, no images with labels are found, or (after the last
            description) a file stood in the way of another one.
    """
    target = folder / FILE_NAME
    if not folder.is_dir():
        raise AlsegError(f"the folder {folder} does not exist")
    if target.exists():
        raise AlsegError(f"{target} exists already", hint="edit it, or remove it first")
    tree, given = read_tree(folder), read_given_names(folder)
    layouts = list(find_layouts(tree.images, named_labels(tree.images)))
    if not layouts:
        layouts = list(find_layouts(tree.images, labels_by_content(folder, tree.images)))
    if not layouts:
        raise AlsegError(
            f"no images with labels were found in {folder}",
            hint="labels are recognised by 'label', 'mask' or 'seg' in their path, or by their few values; "
            f"{FILE_NAME} may be written by hand",
        )
    fault = None
    for layout in (one for found in layouts for one in (without_sites(found), found) if one):
        try:
            sketch = _sketch(_Found.of(folder, layout), tree, given)
        except AlsegError as error:
            fault = fault or error
        else:
            yield sketch
    if fault:
        raise fault


@dataclass(frozen=True)
class _Found:
    """What the patterns of a layout find.

    Args:
        folder: the folder.
        layout: the layout.
        images: path by scan, for each channel.
        labels: path by scan.
        keys: the scans that have all.
        others: the scans that lack something.
    """

    folder: Path
    layout: Layout
    images: tuple[dict[Key, Path], ...]
    labels: dict[Key, Path]
    keys: list[Key]
    others: list[Key]

    @classmethod
    def of(cls, folder: Path, layout: Layout) -> "_Found":
        labels = find(folder, Pattern(layout.labels[0])).get("", {})
        taken = frozenset(labels.values())
        images = tuple(find(folder, Pattern(text), taken).get("", {}) for text in layout.images)
        every = set().union(*images)
        for key in every:
            if not key.scan.isprintable():
                raise AlsegError(
                    f"{folder} has a file whose name holds {key.scan!r}, which is no text of printable characters",
                    hint="rename it",
                )
        whole = {key for key in every if all(key in files for files in (labels, *images))}
        return cls(folder, layout, images, labels, sorted(whole), sorted(every - whole))

    def left_out(self, tree: Tree) -> list[str]:
        """The images that no pattern finds."""
        used = {
            normalize("NFC", path.relative_to(self.folder).as_posix())
            for files in (self.labels, *self.images)
            for path in files.values()
        }
        return [path for path in tree.images if path not in used]


def _sketch(found: _Found, tree: Tree, given: GivenNames) -> SourceSketch:
    layout = found.layout
    several = len(layout.images) > 1
    channels = _names(layout.images, given) if several else _channels_in(found, given)
    values = set(union(found.labels[key] for key in found.keys))
    unnamed = values - given.values
    classes = {"background" if value == 0 else f"class {value}": (value,) for value in sorted(values)}
    classes = classes if unnamed else dict(given.classes)
    validation, test = _split(found)
    text = DescriptionText(
        images=dict(zip(channels, layout.images, strict=True)) if several else {"": layout.images[0]},
        labels=layout.labels[0],
        channels=() if several else channels,
        classes=classes,
        ignore=given.ignore,
        exclude=[key.scan for key in found.others],
        validation=validation,
        test=test,
        patient=patient_regex(layout, [key.scan for key in found.keys]),
    )
    remarks = [
        f"{len(found.keys)} scans of {len(channels)} channels ({_some(channels)}) and {len(classes)} classes "
        f"({_some(list(classes))})",
        f"images: {', '.join(layout.images)}",
        f"labels: {layout.labels[0]}",
        *given.remarks_on(unnamed),
        *_left("scans without a label or a channel", [key.scan for key in found.others]),
        *_left("image files", found.left_out(tree)),
        *_left("image files that no pattern can name", [repr(path) for path in tree.unusable]),
    ]
    return SourceSketch(found.folder / FILE_NAME, text.toml(), tuple(remarks))


def _names(patterns: Sequence[str], given: GivenNames) -> list[str]:
    """What sets each of several patterns apart, or the name that is given for the number that does."""
    stems = [pattern[: len(pattern) - len(suffix_of(pattern))] for pattern in patterns]
    marks = [re.split(r"([^A-Za-z0-9]+)", stem) for stem in stems]
    before = _alike(marks)
    after = _alike([mark[before:][::-1] for mark in marks])
    names = ["".join(mark[before : len(mark) - after]).strip("_-. /").replace("/", " ") for mark in marks]
    return [given.channels.get(int(name), name) if re.fullmatch(r"\d{1,9}", name) else name for name in names]


def _alike(lists: Sequence[list[str]]) -> int:
    """How many entries at the beginning are the same in all ``lists``."""
    return next((n for n, column in enumerate(zip(*lists, strict=False)) if len(set(column)) > 1), min(map(len, lists)))


def _channels_in(found: _Found, given: GivenNames) -> list[str]:
    """Names of the channels of the first scan's file."""
    n_channels = len(read_volume(found.images[0][found.keys[0]]).voxels)
    names = [name for _, name in sorted(given.channels.items())]
    if len(names) == n_channels:
        return names
    return ["image"] if n_channels == 1 else [f"channel {number}" for number in range(1, n_channels + 1)]


def _split(found: _Found) -> tuple[float | list[str], float | list[str]]:
    """What validates and tests: what the names of folders say, or shares."""
    sites = found.layout.sites
    said = split_names(set(sites.values())) if sites else None
    if said is None:
        return (0.2 if len({key.patient or key.scan for key in found.keys}) > 1 else 0.0), 0.0
    of_split = {
        split: [key.scan for key in found.keys if said[sites[key]] == split] for split in ("validation", "test")
    }
    return of_split["validation"] or 0.2, of_split["test"] or 0.0


def _left(what: str, names: Sequence[str]) -> list[str]:
    return [f"left out: {len(names)} {what}: {_some(names)}"] if names else []


def _some(names: Sequence[str]) -> str:
    more = len(names) - _MOST_NAMED
    return ", ".join(names[:_MOST_NAMED]) + (f" and {more} more" if more > 0 else "")
