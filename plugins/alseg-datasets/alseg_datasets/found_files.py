"""The files of each scan that a description's patterns find."""

from collections.abc import Container
from dataclasses import dataclass
from pathlib import Path

from alcore import AlsegError
from alseg_datasets.description import FILE_NAME, Description
from alseg_datasets.patterns import CHANNEL, Key, Pattern


@dataclass(frozen=True)
class ScanFiles:
    """The files of one scan.

    Args:
        key: what the placeholders stand for.
        images: one path per channel, or one with all of them.
        label: the label map.
    """

    key: Key
    images: tuple[Path, ...]
    label: Path


def find_scans(folder: Path, described: Description) -> tuple[tuple[str, ...], dict[str, ScanFiles]]:
    """Names of the channels, and the files of each scan by its id, sorted.

    Raises:
        AlsegError: nothing matches, a pattern finds two files for a scan, or a scan lacks its label or a channel.
    """
    labels = find(folder, described.labels).get("", {})
    images, names = _find_images(folder, described, frozenset(labels.values()))
    keys: dict[str, Key] = {}
    for key in sorted({key for of_channel in images.values() for key in of_channel}):
        other = keys.setdefault(key.scan, key)
        if other != key:
            raise AlsegError(f"two scans of {folder} have the id {key.scan!r}: {_told(other)}; and {_told(key)}")
    for name in described.exclude:
        if keys.pop(name, None) is None:
            raise AlsegError(f"{folder / FILE_NAME}, key 'exclude': the scan {name!r} does not exist")
    if not keys:
        patterns = ", ".join(pattern.text for pattern in described.image_patterns.values())
        raise AlsegError(f"nothing in {folder} matches 'images' of {FILE_NAME}: {patterns}")
    for name, key in keys.items():
        for channel, files in images.items():
            pattern = described.image_patterns.get(channel) or next(iter(described.image_patterns.values()))
            _require(key in files, folder, name, f"image {channel}".rstrip(), pattern.filled(key, channel))
        _require(key in labels, folder, name, "label", described.labels.filled(key))
    scans = {
        name: ScanFiles(key, tuple(of_channel[key] for of_channel in images.values()), labels[key])
        for name, key in keys.items()
    }
    return names, dict(sorted(scans.items()))


def find(folder: Path, pattern: Pattern, without: Container[Path] = ()) -> dict[str, dict[Key, Path]]:
    """Files and folders that match a pattern, by channel (empty where it names none) and scan.

    Args:
        folder: where to search.
        pattern: what to search for.
        without: paths that do not count.

    Raises:
        AlsegError: there are two for one scan.
    """
    found: dict[str, dict[Key, Path]] = {}
    for key, channel, path in pattern.find(folder):
        if path not in without:
            first = found.setdefault(channel, {}).setdefault(key, path)
            if first != path:
                raise AlsegError(f"the pattern {pattern.text!r} finds two files for one scan: {first} and {path}")
    return found


def _find_images(
    folder: Path, described: Description, labels: Container[Path]
) -> tuple[dict[str, dict[Key, Path]], tuple[str, ...]]:
    """The images by channel and scan, and the channels' names."""
    if isinstance(described.images, dict):
        found = {name: find(folder, one, labels).get("", {}) for name, one in described.images.items()}
        return found, tuple(found)
    by_channel = find(folder, described.images, labels)
    if CHANNEL not in described.images.names:
        return by_channel, described.channels or ("image",)
    names = described.channels or tuple(sorted(by_channel))
    return {name: by_channel.get(name, {}) for name in names}, names


def _require(there: bool, folder: Path, name: str, what: str, path: str) -> None:
    if not there:
        raise AlsegError(
            f"the scan {name!r} has no {what}: {folder / path} is missing",
            hint=f"'exclude' in {FILE_NAME} lists scans that are left out",
        )


def _told(key: Key) -> str:
    return ", ".join(f"{part} {getattr(key, part)!r}" for part in ("patient", "visit", "id") if getattr(key, part))
