"""``alseg plugins new``: what it writes works at once."""

import os
import subprocess
import sys

import pytest

KINDS = ("dataset", "model", "loss", "strategy", "interpolator", "metric", "tracker")


@pytest.mark.parametrize("kind", KINDS)
def test_a_new_plugin_builds_installs_passes_its_checks_and_its_tests(alseg, install_wheel, tmp_path, kind):
    alseg("plugins", "new", "first-try", "--kind", kind)
    folder = tmp_path / "alseg-first-try"
    assert install_wheel(folder).name == "alseg_first_try-0.1.0-py3-none-any.whl"
    assert " 0 failed" in alseg("plugins", "check", "first-try", "--kind", kind).stdout

    environment = {**os.environ, "OMP_NUM_THREADS": "1", "PYTHONPATH": str(tmp_path / "site")}
    pytest_run = (sys.executable, "-m", "pytest", "-q")
    result = subprocess.run(pytest_run, cwd=folder, env=environment, capture_output=True, text=True)
    assert "2 passed" in result.stdout, result.stdout


@pytest.mark.parametrize("kind", KINDS)
def test_a_new_plugin_is_clean(alseg, tmp_path, kind):
    alseg("plugins", "new", "first-try", "--kind", kind, "--author", "Ada Sundial")
    folder = tmp_path / "alseg-first-try"
    texts = {path: path.read_text(encoding="utf-8") for path in folder.rglob("*") if path.is_file()}
    names = {str(path.relative_to(folder)) for path in texts}
    assert {"README.md", "LICENSE", "pyproject.toml", "tox.ini", ".gitignore", ".github/workflows/tests.yml"} <= names
    assert "Ada Sundial" in texts[folder / "LICENSE"]
    assert not [path for path, text in texts.items() if "{%" in text or ("{{" in text and "${{" not in text)]
    for path, text in texts.items():
        if path.suffix == ".py":
            compile(text, str(path), "exec")
            assert max(map(len, text.splitlines()), default=0) <= 120


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("My Strategy", "--kind", "strategy"), "'My Strategy' is no name for a plugin"),
        (("lambda", "--kind", "strategy"), "the name 'lambda' is reserved"),
        (("none", "--kind", "interpolator"), "the name 'none' is reserved"),
        (("random", "--kind", "strategy"), "the strategy 'random' exists already in alseg-strategies"),
        (("models", "--kind", "model"), "the distribution alseg-models 0.1.0 is installed already"),
    ],
)
def test_an_invalid_or_taken_name_is_refused_and_nothing_is_written(alseg, tmp_path, arguments, told):
    assert told in alseg("plugins", "new", *arguments, status=2).stderr
    assert list(tmp_path.iterdir()) == []


def test_a_new_strategy_runs_on_a_dataset(alseg, install_wheel, tmp_path, tiny_run):
    alseg("plugins", "new", "first-try", "--kind", "strategy")
    alseg("plugins", "new", "second-try", "--kind", "dataset")
    for name in ("alseg-first-try", "alseg-second-try"):
        install_wheel(tmp_path / name)
    alseg("data", "convert", "second-try", "--set", "size=16", "--out", "balls.h5", "--jobs", "1")
    assert "first-try" in alseg("run", "--strategy", "first-try", "--dataset", "balls.h5", *tiny_run).stdout


def test_an_existing_folder_is_left_as_it_was(alseg, tmp_path):
    (tmp_path / "alseg-first-try").mkdir()
    (tmp_path / "alseg-first-try" / "mine.txt").write_text("mine")
    told = alseg("plugins", "new", "first-try", "--kind", "strategy", status=2).stderr
    assert "exists already" in told
    assert [path.name for path in (tmp_path / "alseg-first-try").iterdir()] == ["mine.txt"]


def test_the_prefix_of_the_distribution_may_be_given(alseg, tmp_path):
    alseg("plugins", "new", "alseg-first-try", "--kind", "strategy", "--into", "plugins")
    assert (tmp_path / "plugins" / "alseg-first-try" / "alseg_first_try" / "first_try.py").exists()
