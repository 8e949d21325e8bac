"""The store behind a dataset's name, made on the spot where that needs no source."""

import contextlib
import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from alcore.conversion.convert import Conversion, Progress, convert
from alcore.errors import AlsegError
from alcore.registry import Component, Registry
from alcore.specs import DatasetSpec, Options
from alcore.store.locate import is_path, store_path
from alcore.store.reader import SliceStore
from alcore.store.writer import StoreExistsError

_PATIENCE = 600.0


def ensure_store(
    name: str,
    registry: Registry,
    *,
    options: Mapping[str, Any] | None = None,
    folder: Path | None = None,
    progress: Progress = lambda done, total: None,
) -> Path:
    """The path of the store that ``name`` means; an embedded dataset is converted if need be.

    Args:
        name: a dataset's name or alias, the name of a store, or the path of one.
        registry: the installed datasets.
        options: options of an embedded dataset. Other datasets take theirs at conversion.
        folder: the data folder, if not the usual one.
        progress: told of the conversion of an embedded dataset.

    Raises:
        AlsegError: there is no such store and none can be made without a source folder; the hint says how to make one.
    """
    component = _dataset(name, registry, folder)
    if component is not None:
        if not component.spec.needs_source:
            return _embedded_store(component, options or {}, folder, progress)
        if not store_path(name, folder).is_file():
            name = component.spec.name
    path = store_path(name, folder)
    if not path.is_file():
        raise _missing(name, component)
    if options:
        raise AlsegError(
            f"{path} exists already, and a dataset's options ({', '.join(sorted(options))}) take effect at conversion",
            hint="give them to 'alseg data convert --set' instead",
        )
    return path


def unconverted(name: str, registry: Registry) -> str | None:
    """The dataset that ``name`` means, if it has to be converted from a source folder and has no store yet."""
    if is_path(name) or store_path(name).is_file():
        return None
    try:
        spec = registry.get(DatasetSpec, name).spec
    except AlsegError:
        return None
    return spec.name if spec.needs_source and not store_path(spec.name).is_file() else None


def _dataset(name: str, registry: Registry, folder: Path | None) -> Component[DatasetSpec] | None:
    """The dataset of that name; None for a path, and for a store that no installed plugin knows."""
    if is_path(name):
        return None
    try:
        return registry.get(DatasetSpec, name)
    except AlsegError:
        if store_path(name, folder).is_file():
            return None
        raise


def _missing(name: str, component: Component[DatasetSpec] | None) -> AlsegError:
    if component is None:
        return AlsegError(f"there is no slice store at {name}", hint="'alseg data list' shows what there is")
    return AlsegError(
        f"the dataset {name!r} has not been converted yet",
        hint=f"alseg data convert {name} --source DIR   or take a synthetic one: --dataset phantom",
    )


def _embedded_store(
    component: Component[DatasetSpec], values: Mapping[str, Any], folder: Path | None, progress: Progress
) -> Path:
    """Convert an embedded dataset unless this version of it is there; each set of options has a store of its own."""
    options = component.parse_options(values)
    path = store_path(component.spec.name + _options_suffix(options), folder)
    stale = path.is_file() and not _is_current(path, component, options)
    if stale or not path.is_file():
        conversion = Conversion(overwrite=stale, wait=_PATIENCE)
        with contextlib.suppress(StoreExistsError):  # another process made it while this one waited
            convert(component, options, None, path, conversion, progress)
    return path


def _options_suffix(options: Options) -> str:
    chosen = options.model_dump(mode="json", exclude_defaults=True)
    return f"-{hashlib.sha256(json.dumps(chosen, sort_keys=True).encode()).hexdigest()[:8]}" if chosen else ""


def _is_current(path: Path, component: Component[DatasetSpec], options: Options) -> bool:
    try:
        with SliceStore.open(path) as store:
            made_by = (store.info.distribution, store.info.version)
            same_plugin = made_by == (component.found.distribution, component.found.version)
            return same_plugin and store.info.options == options.model_dump(mode="json")
    except AlsegError:
        return False
