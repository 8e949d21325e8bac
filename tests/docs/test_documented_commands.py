"""Every command of the README and of the tutorial runs, on small settings; and the notebook runs as it stands."""

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
    *("--set", "dataset.scans=6", "--set", "model.features=2", "--set", "model.levels=1", "--set", "trackers={}"),
)

NOT_RUN = {
    "python3 -m venv .venv": "installs everything; the demo environment of tox runs what follows it",
    "tox": "runs this test",
    "alseg data convert hippocampus": "needs the scans; test_data_commands.py converts a Decathlon folder",
    "alseg run --strategy entropy --dataset hippocampus": "needs the scans",
}
"""Beginnings of commands that are not run here, and why."""


def commands(page):
    """The commands of a page's console and bash blocks, in order."""
    text = (ROOT / page).read_text(encoding="utf-8")
    lines = [
        line for block in re.findall(r"```(?:console|bash)\n(.*?)```", text, re.DOTALL) for line in block.splitlines()
    ]
    return [line.removeprefix("$ ") for line in lines if line.strip()]


@pytest.fixture
def typed(tmp_path):
    """Type a command into a shell-like place where what is installed with pip is found."""
    site = tmp_path / "site"
    settings = {"PYTHONPATH": str(site), "ALSEG_DATA_DIR": str(tmp_path / "data"), "OMP_NUM_THREADS": "1"}

    def run(command):
        program, *arguments = shlex.split(command)
        if program == "alseg" and arguments[0] == "run":
            arguments += SMALL
        if program == "pip":
            arguments = [argument for argument in arguments if argument != "-e"] + ["--target", str(site), "--quiet"]
        result = subprocess.run(
            [sys.executable, "-m", program, *arguments],
            cwd=tmp_path,
            env={**os.environ, **settings},
            capture_output=True,
            encoding="utf-8",
        )
        assert result.returncode == 0, f"{command}\n{result.stdout}{result.stderr}"
        return result.stdout

    return run


def test_the_tutorial_can_be_typed_from_its_first_command_to_its_last(typed, tmp_path):
    for command in commands("docs/tutorial.md"):
        typed(command)
    assert {path.name for path in (tmp_path / "runs").iterdir()} == {"entropy", "random", "mine", "my-strategy"}


@pytest.mark.parametrize("command", [*commands("README.md"), *commands("docs/index.md")])
def test_every_command_of_the_readme_and_the_front_page_runs_or_says_why_not(typed, command):
    reasons = [why for beginning, why in NOT_RUN.items() if command == beginning or command.startswith(f"{beginning} ")]
    if reasons:
        pytest.skip(reasons[0])
    typed(command)


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
