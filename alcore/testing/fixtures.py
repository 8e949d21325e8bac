"""pytest fixtures for plugin authors: ``pytest_plugins = ["alcore.testing.fixtures"]`` in ``conftest.py``."""

import types
from collections.abc import Callable
from pathlib import Path

import pytest

from alcore.conversion.convert import Conversion, convert
from alcore.jobs import Job
from alcore.query import Query
from alcore.registry import Component, Found, Registry, load_plugins
from alcore.specs import DatasetSpec
from alcore.store.reader import SliceStore
from alcore.testing.jobs import small_job
from alcore.testing.pools import FixedPredictor, synthetic_predictor, synthetic_query
from alcore.testing.tiny import TINY

SMALL_POOL = (6, 4, 5)
"""Slices of each scan of the small pool."""


@pytest.fixture
def small_predictor() -> FixedPredictor:
    """A fake model with fixed random answers for the 15 slices of the small pool."""
    return synthetic_predictor(SMALL_POOL)


@pytest.fixture
def small_query(small_predictor: FixedPredictor) -> Query:
    """A query for 4 of the 15 slices of a small pool of three scans, two of which are labelled."""
    status = [0] * sum(SMALL_POOL)
    status[0] = status[7] = 1
    return synthetic_query(SMALL_POOL, budget=4, status=status, predictor=small_predictor)


@pytest.fixture(scope="session")
def tiny_component() -> Component[DatasetSpec]:
    """The dataset that :func:`tiny_store` is converted from."""
    return TINY


@pytest.fixture(scope="session")
def tiny_store(tiny_component: Component[DatasetSpec], tmp_path_factory: pytest.TempPathFactory) -> SliceStore:
    """A real slice store of four small scans with two foreground classes."""
    path: Path = tmp_path_factory.mktemp("stores") / "tiny.h5"
    convert(tiny_component, tiny_component.parse_options({}), None, path, Conversion(jobs=1))
    return SliceStore.open(path)


@pytest.fixture
def small_jobs(tiny_store: SliceStore, tmp_path: Path) -> Callable[..., list[Job]]:
    """Make small jobs on the tiny store, one per strategy; ``rounds`` and ``epochs`` as in :func:`small_job`."""

    def make(*strategies: str, folder: str = "jobs", rounds: int = 1, epochs: int = 1) -> list[Job]:
        return [
            small_job(name, tiny_store.path, tmp_path / folder / name, rounds=rounds, epochs=epochs)
            for name in strategies
        ]

    return make


@pytest.fixture
def isolated_registry() -> Callable[..., Registry]:
    """Make a registry of given plugin modules and nothing else: what is installed is not discovered."""

    def make(*modules: types.ModuleType) -> Registry:
        found = [Found(module.__name__, module.__name__, module.__name__, "tests") for module in modules]
        return Registry(load_plugins(found))

    return make
