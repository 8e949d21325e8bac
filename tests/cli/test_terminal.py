"""Text that comes from data is shown as it is: it is no markup, and steers no terminal."""

import io

import pytest
from alseg.output import echo, terminal
from rich.table import Table

from alcore.escapes import printable

NASTY = {
    "brackets": ("core [/enhancing]", "core [/enhancing]"),
    "style": ("[red]tumour[/red]", "[red]tumour[/red]"),
    "link": ("[link=https://x.org]x[/link]", "[link=https://x.org]x[/link]"),
    "emoji code": (":skull: base", ":skull: base"),
    "escape": ("a\x1b[2Jb", r"a\x1b[2Jb"),
    "title": ("a\x1b]0;owned\x07b", r"a\x1b]0;owned\x07b"),
    "C1": ("a\x9b31mb", r"a\x9b31mb"),
    "carriage return": ("right\rwrong", r"right\rwrong"),
    "backspace": ("a\x08b", r"a\x08b"),
    "right to left": ("a\u202egnp.exe", r"a\u202egnp.exe"),
    "isolate": ("a\u2066b", r"a\u2066b"),
    "line separator": ("a\u2028b", r"a\u2028b"),
    "lone surrogate": ("a\udcffb", r"a\udcffb"),
    "tag": ("a\U000e0041b", r"a\U000e0041b"),
    "umlaut": ("Gehörgang 耳", "Gehörgang 耳"),
    "joiners": ("क्\u200dष", "क्\u200dष"),
}


@pytest.mark.parametrize(("given", "shown"), NASTY.values(), ids=NASTY)
def test_a_line_shows_text_as_it_is_and_escapes_what_would_steer_the_terminal(given, shown, capsys):
    assert printable(given) == shown
    echo(given)
    echo(given, err=True)
    captured = capsys.readouterr()
    assert captured.out == captured.err == f"{shown}\n"


@pytest.mark.parametrize(("given", "shown"), NASTY.values(), ids=NASTY)
def test_a_table_does_so_in_titles_headers_and_cells(given, shown):
    file = io.StringIO()
    table = Table(given, title=given)
    table.add_row(given)
    terminal(file=file, width=200, force_terminal=False).print(table)
    assert file.getvalue().count(shown) == 3
    assert given == shown or given not in file.getvalue()


def test_layout_stays():
    assert printable("one\n\ttwo") == "one\n\ttwo"
