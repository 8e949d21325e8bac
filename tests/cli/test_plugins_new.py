"""``alseg plugins new``: what it writes works at once."""

import os
import subprocess
import sys

import pytest

KINDS = ("dataset", "model", "loss", "strategy", "interpolator", "metric", "tracker", "launcher")


def test_new_plugins_build_install_pass_their_tests_and_run(alseg, install_wheels, tmp_path, tiny_run):
    for kind in KINDS:
        alseg("plugins", "new", f"try-{kind}", "--kind", kind)
    folders = [tmp_path / f"alseg-try-{kind}" for kind in KINDS]
    assert install_wheels(*folders) == sorted(f"alseg_try_{kind}-0.1.0-py3-none-any.whl" for kind in KINDS)

    environment = {**os.environ, "OMP_NUM_THREADS": "1", "PYTHONPATH": str(tmp_path / "site")}
    pytest_run = (sys.executable, "-m", "pytest", "-q", "--import-mode=importlib", *folders)
    result = subprocess.run(pytest_run, cwd=tmp_path, env=environment, capture_output=True, encoding="utf-8")
    assert f"{2 * len(KINDS)} passed" in result.stdout, result.stdout

    assert " 0 failed" in alseg("plugins", "check", "try-strategy").stdout
    alseg("data", "convert", "try-dataset", "--set", "size=16", "--out", "balls.h5", "--jobs", "1")
    assert "try-strategy" in alseg("run", "--strategy", "try-strategy", "--dataset", "balls.h5", *tiny_run).stdout


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


def test_an_existing_folder_is_left_as_it_was(alseg, tmp_path):
    (tmp_path / "alseg-first-try").mkdir()
    (tmp_path / "alseg-first-try" / "mine.txt").write_text("mine")
    told = alseg("plugins", "new", "first-try", "--kind", "strategy", status=2).stderr
    assert "exists already" in told
    assert [path.name for path in (tmp_path / "alseg-first-try").iterdir()] == ["mine.txt"]


def test_the_prefix_of_the_distribution_may_be_given(alseg, tmp_path):
    alseg("plugins", "new", "alseg-first-try", "--kind", "strategy", "--into", "plugins")
    assert (tmp_path / "plugins" / "alseg-first-try" / "alseg_first_try" / "first_try.py").exists()
