"""Examine what is installed: does every plugin load, every implementation import, every name belong to one?"""

import re
import shlex
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from importlib import metadata

from packaging.markers import UndefinedComparison, UndefinedEnvironmentName
from packaging.requirements import InvalidRequirement, Requirement
from packaging.version import InvalidVersion

from alcore.errors import AlsegError
from alcore.registry.registry import Registry
from alcore.specs import ComponentSpec

NOT_INSTALLED = "not installed"

_EXTRA = re.compile(r"extra\s*==\s*['\"]([\w-]+)['\"]")


def complaints(registry: Registry) -> Iterator[str]:
    """Import every implementation and say, one line each, what is wrong; nothing where all is sound."""
    yield from registry.complaints()
    for component in registry.components(ComponentSpec):
        try:
            component.load()
        except AlsegError as error:
            yield error.message
    for distribution, text in _stated_requirements(registry):
        if _parsed(text) is None:
            yield f"the distribution {distribution} states a requirement that cannot be read: {text!r}"


@dataclass(frozen=True)
class UnmetRequirement:
    """What a distribution states that it needs, and this environment does not have.

    Attributes:
        distribution: the distribution that needs it.
        needs: a library with the versions that will do, such as ``numpy>=2``.
        installed: the version that is installed; :data:`NOT_INSTALLED` where none is.
        command: what to type.
    """

    distribution: str
    needs: str
    installed: str
    command: str

    def __str__(self) -> str:
        there = "which is not installed" if self.installed == NOT_INSTALLED else f"but {self.installed} is installed"
        return f"{self.distribution} needs {self.needs!r}, {there}: {self.command}"


def unmet_requirements(registry: Registry) -> Iterator[UnmetRequirement]:
    """Compare what alseg and the distributions of plugins need with what is installed.

    Requirements of extras, and those of other systems or Pythons, are passed over.
    """
    for distribution, text in _stated_requirements(registry):
        requirement = _parsed(text)
        if requirement is None or not _applies(requirement):
            continue  # of one that cannot be read, complaints() tells
        installed = _version(requirement.name)
        if not _satisfies(installed, requirement):
            requirement.marker = None
            needs = str(requirement)
            yield UnmetRequirement(distribution, needs, installed, f"pip install {shlex.quote(needs)}")


def _stated_requirements(registry: Registry) -> Iterator[tuple[str, str]]:
    """Of alseg and each plugin's distribution what it needs, as it says so."""
    for distribution in sorted({"alseg", *(record.found.distribution for record in registry.records)}):
        with suppress(metadata.PackageNotFoundError):
            for text in metadata.requires(distribution) or ():
                yield distribution, text


def _parsed(requirement: str) -> Requirement | None:
    try:
        return Requirement(requirement)
    except InvalidRequirement:
        return None


def _applies(requirement: Requirement) -> bool:
    try:
        return requirement.marker is None or requirement.marker.evaluate({"extra": ""})
    except (UndefinedComparison, UndefinedEnvironmentName):
        return False


def _satisfies(installed: str, requirement: Requirement) -> bool:
    try:
        return installed != NOT_INSTALLED and requirement.specifier.contains(installed, prereleases=True)
    except InvalidVersion:
        return False


def absent_parts() -> dict[str, str]:
    """Optional distributions of alseg that are not installed, each with the command that installs it."""
    absent: dict[str, str] = {}
    for requirement in filter(None, map(_parsed, metadata.requires("alseg") or ())):
        name, extra = requirement.name, _EXTRA.search(str(requirement.marker))
        if extra and _version(name) == NOT_INSTALLED:
            # A part that has an extra of its own is named by it, the others by their distribution.
            own = name == f"alseg-{extra[1]}"
            if own or name not in absent:
                absent[name] = f"pip install 'alseg[{extra[1]}]'" if own else f"pip install {name}"
    return dict(sorted(absent.items()))


def versions(names: tuple[str, ...]) -> dict[str, str]:
    """The installed version of each distribution; :data:`NOT_INSTALLED` where it is absent."""
    return {name: _version(name) for name in names}


def _version(name: str) -> str:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return NOT_INSTALLED
