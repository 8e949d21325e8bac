"""``alseg plugins new``: what it writes, and what it refuses to write. test_authors_path.py puts it to use."""

import errno
import os

import pytest
from alseg.scaffold import PluginNames, write_plugin

from alcore import AlsegError
from alcore.specs import HOOKS


@pytest.mark.parametrize("kind", HOOKS)
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


def test_where_nothing_can_be_written_that_is_one_sentence_and_nothing_is_left(tmp_path, monkeypatch):
    def full(descriptor):
        if len(list(tmp_path.rglob("*.py"))) > 1:
            raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(AlsegError, match=r"no space is left on the disk for .*\.py"):
        write_plugin(PluginNames.parse("first-try"), "strategy", tmp_path, "Ada Sundial")
    assert list(tmp_path.iterdir()) == []


def test_the_prefix_of_the_distribution_may_be_given(alseg, tmp_path):
    alseg("plugins", "new", "alseg-first-try", "--kind", "strategy", "--into", "plugins")
    assert (tmp_path / "plugins" / "alseg-first-try" / "alseg_first_try" / "first_try.py").exists()
