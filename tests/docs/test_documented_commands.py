"""Every command of README, tutorial and how-to guides runs, on small settings; and the notebook runs as it stands."""

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

SMALL = (
    *("--rounds", "1", "--epochs", "1", "--budget", "2", "--initial", "4"),
    *("--set", "model.features=2", "--set", "trackers={}"),
)
SMALL_DATA = {
    "run": ("--set", "dataset.scans=6"),
    "benchmark": (*("--strategies", "random,strided"), *("--datasets", "phantom:scans=6"), *("--seeds", "0")),
}
SMALL_UNET = ("--set", "model.levels=1")
TAKES_ANOTHERS_VALUES = {"--repeat", "--replay"}

NOT_RUN = {
    "python3 -m venv .venv": "installs everything; what follows it has a test of its own",
    "tox": "runs this test",
    "alseg data fetch hippocampus": "needs a network; test_fetch.py fetches from a server of its own",
    "alseg run --strategy entropy --dataset hippocampus": "needs the scans",
}
"""Beginnings of commands that are not run here, and why."""


def commands(page):
    """The commands of a page's console and bash blocks, in order; a backslash joins two lines."""
    lines = [line for block in blocks(page, "console|bash") for line in block.replace("\\\n", " ").splitlines()]
    return [line.removeprefix("$ ") for line in lines if line.strip()]


def blocks(page, language):
    """The contents of a page's blocks of code in ``language``, in order."""
    return re.findall(rf"```(?:{language})\n(.*?)```", (ROOT / page).read_text(encoding="utf-8"), re.DOTALL)


def why_not(command):
    """Why a command is not run here, or nothing."""
    return next((NOT_RUN[start] for start in NOT_RUN if command == start or command.startswith(f"{start} ")), None)


@pytest.fixture
def type_it(tmp_path, typed):
    """Type a documented command, with small settings, into a shell-like place with a fresh environment."""
    settings = {"ALSEG_DATA_DIR": str(tmp_path / "data"), "PIP_NO_INDEX": "1"}
    settings |= {"PIP_NO_BUILD_ISOLATION": "off"}  # pip reads "off" as: no isolation

    def run(command):
        program, *arguments = shlex.split(command)
        if program == "alseg" and arguments[0] in SMALL_DATA and not TAKES_ANOTHERS_VALUES & set(arguments):
            arguments += [*SMALL, *SMALL_DATA[arguments[0]], *(() if "--model" in arguments else SMALL_UNET)]
        return typed(program, *arguments, **settings)

    return run


def test_the_tutorial_can_be_typed_from_its_first_command_to_its_last(type_it, tmp_path):
    for command in commands("docs/tutorial.md"):
        type_it(command)
    assert {path.name for path in (tmp_path / "runs").iterdir()} == {"entropy", "random", "mine", "my-strategy"}


@pytest.mark.parametrize("page", ["README.md", "docs/index.md", "docs/how-to/own-model.md"])
def test_every_command_of_a_page_runs_in_its_order_or_has_a_reason_not_to(type_it, page):
    for command in commands(page):
        if why_not(command) is None:
            type_it(command)


def test_the_first_command_of_the_readme_trains_as_it_stands(tmp_path):
    (command,) = (line for line in commands("README.md") if line.startswith("python3 -m venv .venv"))
    program, *arguments = shlex.split(command.rpartition(" && ")[2])
    assert program == ".venv/bin/alseg"
    settings = {**os.environ, "ALSEG_DATA_DIR": str(tmp_path / "data"), "OMP_NUM_THREADS": "1"}
    done = subprocess.run([sys.executable, "-m", "alseg", *arguments], cwd=tmp_path, env=settings, capture_output=True)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "runs" / "phantom-entropy-seed0" / "rounds.jsonl").is_file()


def test_every_reason_not_to_run_a_command_is_needed():
    typeable = [*commands("README.md"), *commands("docs/index.md")]
    for start in NOT_RUN:
        assert any(command == start or command.startswith(f"{start} ") for command in typeable), start


def test_a_run_can_be_resumed_repeated_and_replayed_as_the_guide_says_and_read_in_pandas(
    type_it, tmp_path, monkeypatch
):
    for command in [*commands("docs/how-to/resume-and-repeat.md"), *commands("docs/how-to/read-results.md")]:
        type_it(command)
    monkeypatch.chdir(tmp_path)
    names = {}
    for block in blocks("docs/how-to/read-results.md", "python"):
        exec(block, names)
    assert list(names["dice"]) == pytest.approx(list(names["curve"]["mean"]), abs=1e-12)
    assert set(names["scores"]["round"]) == {0, 1}


def test_the_notebook_runs_and_its_page_shows_every_cell(tmp_path):
    notebook = ROOT / "docs" / "notebook.py"
    environment = {**os.environ, "ALSEG_DATA_DIR": str(tmp_path / "data"), "OMP_NUM_THREADS": "1"}
    result = subprocess.run(
        [sys.executable, notebook], cwd=tmp_path, env=environment, capture_output=True, encoding="utf-8"
    )
    assert result.returncode == 0, result.stderr
    assert "phantom synthetic 6 scans" in result.stdout
    assert "alseg-strategies" in result.stdout.splitlines()[-1]

    from importlib.util import module_from_spec, spec_from_file_location

    spec = spec_from_file_location("notebook_page", ROOT / "docs" / "notebook_page.py")
    page = module_from_spec(spec)
    spec.loader.exec_module(page)
    shown = page.on_page_markdown("<!-- notebook -->")
    code = notebook.read_text(encoding="utf-8")
    assert shown.count("```python") == code.count("# %%\n")
    assert "## The learning curve\n" in shown
