"""One command sets the version of all distributions."""

import datetime
import importlib.util
import shutil
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TODAY = datetime.date(2027, 1, 31)


@pytest.fixture
def bump():
    spec = importlib.util.spec_from_file_location("bump", ROOT / "release" / "bump.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.bump


@pytest.fixture
def copy(tmp_path):
    """The files of the repository that name the version."""
    for path in (*ROOT.glob("plugins/*/pyproject.toml"), *(ROOT / name for name in NAMED)):
        target = tmp_path / path.relative_to(ROOT)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(path, target)
    return tmp_path


NAMED = ("pyproject.toml", "CITATION.cff", "CHANGELOG.md")


def project(path):
    return tomllib.loads(path.read_text(encoding="utf-8"))["project"]


def test_all_distributions_get_the_version_and_the_bounds_of_its_minor_release(bump, copy):
    bump(copy, "3.4.5", TODAY)
    root = project(copy / "pyproject.toml")
    plugins = [project(path) for path in sorted(copy.glob("plugins/*/pyproject.toml"))]
    assert {root["version"], *(plugin["version"] for plugin in plugins)} == {"3.4.5"}
    for plugin in plugins:
        assert "alseg>=3.4,<3.5" in plugin["dependencies"]
    assert {requirement.rpartition(">=")[2] for requirement in root["optional-dependencies"]["all"]} == {"3.4,<3.5"}
    assert "version: 3.4.5" in (copy / "CITATION.cff").read_text().splitlines()
    assert "cff-version: 1.2.0" in (copy / "CITATION.cff").read_text()
    assert "## [Unreleased]\n\n## [3.4.5] - 2027-01-31\n" in (copy / "CHANGELOG.md").read_text()


def test_all_distributions_have_one_version():
    versions = {project(path)["version"] for path in (ROOT / "pyproject.toml", *ROOT.glob("plugins/*/pyproject.toml"))}
    assert len(versions) == 1


def test_the_extra_all_names_every_plugin_of_the_project():
    names = {
        requirement.partition(">")[0]
        for requirement in project(ROOT / "pyproject.toml")["optional-dependencies"]["all"]
    }
    assert names == {path.name for path in (ROOT / "plugins").iterdir()}


@pytest.mark.parametrize("version", ["0.0.1", "2", "1.2.3rc1"])
def test_a_version_that_is_older_or_malformed_is_refused_and_nothing_changes(bump, copy, version):
    before = {path: path.read_text() for path in copy.rglob("*.*") if path.is_file()}
    with pytest.raises(ValueError, match=r"not newer|no version"):
        bump(copy, version, TODAY)
    assert {path: path.read_text() for path in before} == before
