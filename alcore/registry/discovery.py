"""Find plugins without importing any."""

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from importlib import metadata

from alcore.hookspecs import PROJECT_NAME

BLOCK_VARIABLE = "ALSEG_BLOCK_PLUGINS"
"""Environment variable: plugin or distribution names, comma-separated, that are not to be imported."""


UNKNOWN = "unknown"


@dataclass(frozen=True, order=True)
class Found:
    """An entry point of group ``alseg``: not imported yet.

    Args:
        plugin: the entry point's name.
        module: the module it points at; empty where the distribution's entry points cannot be read.
        distribution: the installed distribution that declares it.
        version: that distribution's version.
        fault: why its metadata cannot be read; empty where it can.
    """

    plugin: str
    module: str
    distribution: str
    version: str
    fault: str = ""

    @property
    def origin(self) -> str:
        """Distribution and version, for people."""
        return self.distribution if self.fault else f"{self.distribution} {self.version}"


def discover() -> list[Found]:
    """List the installed plugins, sorted by name; imports none of them and never raises."""
    seen: set[str] = set()
    found: set[Found] = set()
    for distribution in metadata.distributions():
        # Unrelated distributions are passed over by their text alone, so that damaged ones cannot matter here.
        try:
            text = distribution.read_text("entry_points.txt") or ""
        except (OSError, UnicodeError) as error:
            found.add(_unreadable(distribution, f"the entry points in {_place(distribution)} cannot be read: {error}"))
            continue
        if f"[{PROJECT_NAME}]" not in text:
            continue
        try:
            name = _field(distribution, "Name")
            _field(distribution, "Version")
        except Exception as error:  # the parser of a stranger's metadata may raise anything
            why = str(error) if isinstance(error, _MissingFieldError) else f"cannot be read: {error}"
            found.add(_unreadable(distribution, f"the metadata in {_place(distribution)} {why}"))
            continue
        if name.lower() not in seen:  # as in Python itself, the first on the path hides later ones
            seen.add(name.lower())
            found.update(_plugins_of(distribution, name))
    return sorted(found)


def _field(distribution: metadata.Distribution, name: str) -> str:
    try:
        fields = distribution.metadata
    except FileNotFoundError:  # from the backport importlib_metadata, which takes over once any library imports it
        return UNKNOWN
    if not len(fields):
        return UNKNOWN  # entry points alone
    if name not in fields:
        raise _MissingFieldError(f"has no field {name!r}")
    return str(fields[name]) or UNKNOWN


class _MissingFieldError(Exception):
    """Metadata lacks what every distribution has to say."""


def _place(distribution: metadata.Distribution) -> str:
    """Where the metadata lies: the name by which it can be found when it does not give its own."""
    return str(getattr(distribution, "_path", "an unknown place"))


def _unreadable(distribution: metadata.Distribution, fault: str) -> Found:
    return Found(UNKNOWN, "", _place(distribution), UNKNOWN, fault)


def _plugins_of(distribution: metadata.Distribution, name: str) -> Iterator[Found]:
    version = _field(distribution, "Version")
    try:
        points = list(distribution.entry_points.select(group=PROJECT_NAME))
    except Exception:  # a line that is no entry point; recorded as a broken plugin by the loader
        yield Found(name, "", name, version, "its entry points cannot be read")
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
