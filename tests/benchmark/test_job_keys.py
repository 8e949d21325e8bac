"""Two jobs whose numbers may differ never share a key."""

from dataclasses import replace
from importlib import metadata

import pytest

from alcore.benchmark.directory import BenchmarkDirectory
from alcore.benchmark.grid import make_grid
from alcore.benchmark.keys import Surroundings, job_key, start_key
from alcore.benchmark.plan import plan
from alcore.registry import Registry
from alcore.runs.config import resolve
from alcore.runs.layers import layered

COMBINED = {"name": "strided", "selection": "representative-uncertainty"}


@pytest.fixture(scope="module")
def registry():
    return Registry.installed()


@pytest.fixture
def keys(registry):
    """The keys of a job and of its round 0."""

    def made(strategy="random", registry=registry, threads=None):
        config = resolve(
            layered(
                {
                    "dataset": "phantom",
                    "strategy": strategy,
                    "trackers": {},
                    **({"threads": threads} if threads else {}),
                }
            ),
            registry,
        )
        around = Surroundings("content")
        return job_key(config, around), start_key(config, around)

    return made


def upgraded(registry, distribution):
    """The same components, those of a distribution in another version."""
    return Registry(
        replace(record, found=replace(record.found, version="99.0"))
        if record.found.distribution == distribution
        else record
        for record in registry.records
    )


def test_the_number_of_threads_is_part_of_the_keys(keys):
    one, two = (keys(threads=threads) for threads in (1, 2))
    assert len({*one, *two}) == 4
    assert keys() == one


def test_the_version_of_torch_is_part_of_the_keys(keys, monkeypatch):
    before, version = keys(), metadata.version
    monkeypatch.setattr(metadata, "version", lambda name: "99.0" if name == "torch" else version(name))
    assert set(before).isdisjoint(keys())


@pytest.mark.parametrize(
    ("distribution", "of_the_job", "of_round_0"),
    [
        ("alseg-models", True, True),
        ("alseg-metrics", True, True),
        ("alseg-interpolators", True, False),
        ("alseg-strategies", True, True),
        ("alseg-trackers", False, False),
        ("alseg-datasets", False, False),
    ],
)
def test_versions_of_components_are_part_of_the_keys_of_what_uses_them(
    keys, registry, distribution, of_the_job, of_round_0
):
    before, after = keys(COMBINED), keys(COMBINED, registry=upgraded(registry, distribution))
    assert (before[0] != after[0], before[1] != after[1]) == (of_the_job, of_round_0)


def test_a_component_that_a_chosen_ones_options_name_counts_however_deep(keys, registry):
    # strided names representative-uncertainty, whose own options name distance.
    def records():
        for record in registry.records:
            inner = tuple(spec for spec in record.specs if spec.name == "distance")
            yield replace(record, specs=tuple(spec for spec in record.specs if spec not in inner))
            yield replace(record, specs=inner, found=replace(record.found, version="99.0"))

    other = Registry(records())
    assert keys(COMBINED)[0] != keys(COMBINED, registry=other)[0]
    assert keys(COMBINED)[1] == keys(COMBINED, registry=other)[1]
    assert keys("random")[0] == keys("random", registry=other)[0]


def test_the_launcher_has_no_say_in_the_numbers(tmp_path, tiny_path, registry):
    def planned(**launcher):
        given = {"strategies": "random", "datasets": tiny_path, "launcher": {"name": "local", **launcher}}
        (job,) = plan(make_grid(layered(given), registry), registry, BenchmarkDirectory(tmp_path / "bench")).jobs
        return job

    assert planned(jobs=1).job.key == planned(jobs=8).job.key
    assert planned().config.run.threads == 1
