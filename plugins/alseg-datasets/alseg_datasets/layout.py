"""Which files of a folder are images, which are their labels, and which of them belong together."""

import re
from collections import Counter, defaultdict
from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from os.path import commonpath

from alseg_datasets.candidates import candidates
from alseg_datasets.patterns import IDENTITY, Key

Files = Mapping[Key, str]
"""Path by scan."""

_LABEL = re.compile(
    r"label|mask|seg|annot|truth|ground|manual|contour|delineat|(^|[^a-z])(gt|msk|roi|reader\d*|rater\d*)([^a-z]|$)"
)
_COPY = re.compile(r"(^|/)derivatives?/|preproc|backup|(^|/)old/")
_PAIRS_TRIED = 3


@dataclass(frozen=True)
class Layout:
    """A way to see a folder.

    Args:
        images: patterns, one per channel.
        labels: patterns; several are masks of different classes.
        keys: the scans that have all of them.
        sites: the folder that ``*`` stands for, by scan.
    """

    images: tuple[str, ...]
    labels: tuple[str, ...]
    keys: frozenset[Key]
    sites: Mapping[Key, str] = field(default_factory=dict)


def named_labels(paths: Sequence[str]) -> frozenset[str]:
    """Those of ``paths`` whose names say that they are label maps; what all paths begin with does not count."""
    shared = len(commonpath(paths)) if len(paths) > 1 else 0
    return frozenset(path for path in paths if _LABEL.search(path[shared:].lower()))


def find_layouts(paths: Sequence[str], label_maps: Container[str]) -> Iterator[Layout]:
    """Ways to see a folder, the likeliest first: with all that may be a channel or a mask, then with less.

    Args:
        paths: its images, relative.
        label_maps: those of them that are label maps.
    """
    images: dict[str, dict[Key, str]] = defaultdict(dict)
    labels: dict[str, dict[Key, str]] = defaultdict(dict)
    for path in paths:
        kind = labels if path in label_maps else images
        for pattern, key in candidates(path):
            kind[pattern][key] = path
    pairs = _pairs(_distinct(images), _distinct(labels))
    for image, label in pairs[:_PAIRS_TRIED]:
        keys = frozenset(images[image].keys() & labels[label].keys())
        channels = _companions(image, images, keys)
        masks = _companions(label, labels, keys)
        beside = tuple(other for other in channels if _folder(other) == _folder(image))
        for of_image in dict.fromkeys((channels, beside, (image,))):
            for of_label in dict.fromkeys((masks, (label,))):
                yield Layout(of_image, of_label, keys)


def _distinct(patterns: Mapping[str, Files]) -> dict[str, Files]:
    """Of the patterns that find the same files for the same scans, the one with the least text of its own."""
    best: dict[frozenset[tuple[Key, str]], str] = {}
    for pattern in sorted(patterns, key=lambda text: (len(text), text)):
        best.setdefault(frozenset(patterns[pattern].items()), pattern)
    return {pattern: patterns[pattern] for pattern in best.values()}


def _pairs(images: Mapping[str, Files], labels: Mapping[str, Files]) -> list[tuple[str, str]]:
    """Patterns of images and labels that share scans, the best pair first."""
    having: dict[tuple[tuple[str, ...], Key], list[str]] = defaultdict(list)
    for pattern, files in images.items():
        for key in files:
            having[_identity(pattern), key].append(pattern)
    ranked = []
    for label, files in labels.items():
        shared = Counter(image for key in files for image in having.get((_identity(label), key), ()))
        for image, count in shared.items():
            alone = len(images[image]) + len(files) - 2 * count
            copy = bool(_COPY.search(image)) + bool(_COPY.search(label))
            cost = (-count, alone, len(_identity(image)), copy, len(image) + len(label), image, label)
            ranked.append((cost, image, label))
    return [(image, label) for _, image, label in sorted(ranked)]


def _companions(pattern: str, patterns: Mapping[str, Files], keys: frozenset[Key]) -> tuple[str, ...]:
    """Patterns that find another file for each of ``keys``, ``pattern`` among them, sorted."""
    taken = {patterns[pattern][key] for key in keys}
    kept = [pattern]
    if len(keys) > 1:
        for other in sorted(patterns, key=lambda text: (len(text), text)):
            files = patterns[other]
            alike = _identity(other) == _identity(pattern) and bool(_COPY.search(other)) <= bool(_COPY.search(pattern))
            if alike and files.keys() >= keys:
                found = {files[key] for key in keys}
                if not found & taken:
                    taken |= found
                    kept.append(other)
    return tuple(sorted(kept))


def _identity(pattern: str) -> tuple[str, ...]:
    return tuple(name for name in IDENTITY if f"{{{name}}}" in pattern)


def _folder(pattern: str) -> str:
    return pattern.rpartition("/")[0]
