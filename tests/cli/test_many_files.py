"""Options that take several words, told from the other words of a command line."""

import click
import pytest
from alseg.many_files import ManyFilesCommand, one_word_each
from click.testing import CliRunner


@pytest.mark.parametrize(
    ("given", "parsed"),
    [
        ("run --scans a b c", "run --scans a --scans b --scans c"),
        ("--scans a b --labels c d --out e", "--scans a --scans b --labels c --labels d --out e"),
        ("--scans=a b", "--scans=a --scans b"),
        ("--scans a --scans b c", "--scans a --scans b --scans c"),
        ("--scans a -v b", "--scans a -v b"),
        ("--scans -a b", "--scans -a --scans b"),
        ("--scans a b -- --scans c d", "--scans a --scans b -- --scans c d"),
        ("--out a b", "--out a b"),
        ("--scans", "--scans"),
        ("", ""),
    ],
)
def test_every_word_up_to_the_next_option_belongs_to_the_one_before(given, parsed):
    assert list(one_word_each(given.split(), ("--scans", "--labels"))) == parsed.split()


def test_click_gives_the_command_all_files_of_an_option():
    @click.command(cls=ManyFilesCommand)
    @click.argument("run")
    @click.option("--scans", multiple=True)
    @click.option("--out")
    def command(run, scans, out):
        click.echo(f"{run} {scans} {out}")

    called = CliRunner().invoke(command, ["here", "--scans", "a", "b", "--out", "there", "--scans", "c"])
    assert called.output == "here ('a', 'b', 'c') there\n"
    missing = CliRunner().invoke(command, ["here", "--scans"])
    assert missing.exit_code == 2
    assert "requires an argument" in missing.output
