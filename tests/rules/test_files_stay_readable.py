"""Rules of the house that a reader relies on."""

import statistics
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LONGEST = 400
MEDIAN = 120
VAGUE = {"utils", "util", "helpers", "base", "manager", "common", "misc"}


def python_files():
    tracked = subprocess.run(
        ["git", "ls-files", "*.py"], capture_output=True, encoding="utf-8", check=True, cwd=ROOT
    ).stdout
    return [ROOT / name for name in tracked.splitlines() if (ROOT / name).exists()]


def length(path):
    return len(path.read_text(encoding="utf-8").splitlines())


def test_no_python_file_is_longer_than_400_lines():
    assert {str(path.relative_to(ROOT)): length(path) for path in python_files() if length(path) > LONGEST} == {}


def test_the_median_module_is_short():
    modules = [path for path in python_files() if path.stat().st_size and "tests" not in path.parts]
    assert statistics.median(map(length, modules)) < MEDIAN


def test_modules_are_named_after_what_they_do():
    assert [str(path.relative_to(ROOT)) for path in python_files() if path.stem in VAGUE] == []


def test_test_folders_are_no_packages_and_test_files_have_unique_names():
    tests = [path for path in python_files() if "tests" in path.parts]
    assert [path for path in tests if path.name == "__init__.py"] == []
    names = [path.name for path in tests if path.name.startswith("test_")]
    assert sorted(name for name in set(names) if names.count(name) > 1) == []


MOVED = {"alseg-bench", "alseg-results"}
"""They have just left the core, and learn its public names."""


@pytest.mark.parametrize(
    "distribution",
    sorted(path for path in (ROOT / "plugins").iterdir() if path.name not in MOVED),
    ids=lambda path: path.name,
)
def test_a_plugin_imports_only_the_public_names_of_the_core(distribution):
    sources = [path for path in python_files() if distribution in path.parents and "tests" not in path.parts]
    wrong = [
        f"{path.relative_to(ROOT)}: {line.strip()}"
        for path in sources
        for line in path.read_text(encoding="utf-8").splitlines()
        if line.strip().startswith(("from alcore.", "import alcore.")) and "alcore.testing" not in line
    ]
    assert wrong == []
