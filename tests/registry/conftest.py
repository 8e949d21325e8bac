import importlib
import sys

import pytest

from alcore.registry import Registry, blocked_names, discover, load_plugins
from alcore.testing.distributions import write_distribution


class FakePlugins:
    """Distributions on a temporary import path, next to the ones that are really installed."""

    def __init__(self, folder):
        self.folder = folder
        self.modules = []
        self.names = set()

    def install(self, name, source, **details):
        module = write_distribution(self.folder, name, source, **details)
        importlib.invalidate_caches()
        self.modules.append(module)
        self.names.add(name)
        return module

    def records(self):
        fakes = [found for found in discover() if found.distribution in self.names]
        return load_plugins(fakes, blocked_names())

    def record(self, name):
        return next(record for record in self.records() if record.found.distribution == name)

    def registry(self):
        return Registry(self.records())


@pytest.fixture
def fake_plugins(tmp_path, monkeypatch):
    """Install fake distributions for one test."""
    fakes = FakePlugins(tmp_path / "site")
    monkeypatch.syspath_prepend(str(fakes.folder))
    monkeypatch.delenv("ALSEG_BLOCK_PLUGINS", raising=False)
    yield fakes
    for module in fakes.modules:
        sys.modules.pop(module, None)


@pytest.fixture
def strategy_source():
    """The text of a sound plugin module that offers one strategy."""

    def write(name="nearest-to-noon", summary="Slices nearest to noon."):
        return f"""
            import alcore

            @alcore.hookimpl
            def register_strategies():
                yield alcore.StrategySpec(name={name!r}, summary={summary!r}, target="nowhere.strategies:Noon")
        """

    return write
