"""Find plugins without importing any."""

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from importlib import metadata

from alcore.hookspecs import PROJECT_NAME

BLOCK_VARIABLE = "ALSEG_BLOCK_PLUGINS"
"""Environment variable: plugin or distribution names, comma-separated, that are not to be imported."""


@dataclass(frozen=True, order=True)
class Found:
    """An entry point of group ``alseg``: not imported yet.

    Args:
        plugin: the entry point's name.
        module: the module it points at; empty where the distribution's entry points cannot be read.
        distribution: the installed distribution that declares it.
        version: that distribution's version.
    """

    plugin: str
    module: str
    distribution: str
    version: str

    @property
    def origin(self) -> str:
        """Distribution and version, for people."""
        return f"{self.distribution} {self.version}"


def discover() -> list[Found]:
    """List the installed plugins, sorted by name; imports none of them and never raises."""
    seen: set[str] = set()
    found: set[Found] = set()
    for distribution in metadata.distributions():
        # Unrelated distributions are passed over by their text alone, so that damaged ones cannot matter here.
        text = distribution.read_text("entry_points.txt") or ""
        if f"[{PROJECT_NAME}]" not in text:
            continue
        name = _field(distribution, "Name")
        if name.lower() not in seen:  # as in Python itself, the first on the path hides later ones
            seen.add(name.lower())
            found.update(_plugins_of(distribution, name))
    return sorted(found)


def _field(distribution: metadata.Distribution, name: str) -> str:
    try:
        return distribution.metadata[name] or "unknown"
    except FileNotFoundError:  # from the backport importlib_metadata, which takes over once any library imports it
        return "unknown"


def _plugins_of(distribution: metadata.Distribution, name: str) -> Iterator[Found]:
    version = _field(distribution, "Version")
    try:
        points = list(distribution.entry_points.select(group=PROJECT_NAME))
    except Exception:  # a line that is no entry point; recorded as a broken plugin by the loader
        yield Found(name, "", name, version)
        return
    for point in points:
        yield Found(point.name, point.value, name, version)


def blocked_names() -> frozenset[str]:
    """The names that the user blocks through ``ALSEG_BLOCK_PLUGINS``."""
    return frozenset(_normalised(os.environ.get(BLOCK_VARIABLE, "").split(",")))


def is_blocked(found: Found, blocked: Iterable[str]) -> bool:
    """Whether a plugin is blocked by its own name or by its distribution's."""
    return not set(_normalised((found.plugin, found.distribution))).isdisjoint(_normalised(blocked))


def _normalised(names: Iterable[str]) -> list[str]:
    return [name.strip().lower().replace("_", "-") for name in names if name.strip()]
