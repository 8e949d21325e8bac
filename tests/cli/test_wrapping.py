"""Lines are broken between words, labels behind commas, and paths, addresses and names stay whole."""

import io

import pytest
from alseg.output import say, terminal
from alseg.wrapping import folded, longest_part, wrapped

URL = "https://msd-for-monai.s3-us-west-2.amazonaws.com/Task04_Hippocampus.tar"
PATH = "benchmarks/hippocampus/runs/hippocampus-strided-block_size-5-seed0-1a2b3c4d/config.toml"


@pytest.mark.parametrize("width", [1, 10, 40, 80])
@pytest.mark.parametrize("whole", [URL, PATH, "strategy.pseudo_label_weight=0.25", "representative-uncertainty"])
def test_a_word_is_never_broken(width, whole):
    lines = wrapped(f"the file {whole} is not there; look again", width).split("\n")
    assert sum(whole in line for line in lines) == 1
    assert " ".join(lines).split() == f"the file {whole} is not there; look again".split()
    assert all(len(line) <= width or " " not in line for line in lines)


def test_following_lines_are_indented_and_line_ends_stay():
    assert wrapped("one two three", 8, indent="  ") == "one two\n  three"
    assert wrapped("one\n\ntwo", 80) == "one\n\ntwo"
    assert wrapped("", 80) == ""


@pytest.mark.parametrize(
    ("width", "lines"),
    [
        (80, ["strided:block_size=5,interpolator=none"]),
        (25, ["strided:block_size=5,", "interpolator=none"]),
        (3, ["strided:block_size=5,", "interpolator=none"]),
    ],
)
def test_a_label_is_folded_behind_its_commas_and_nothing_is_added(width, lines):
    assert folded("strided:block_size=5,interpolator=none", width).split("\n") == lines
    assert "".join(lines) == "strided:block_size=5,interpolator=none"


def test_a_label_of_words_is_folded_between_them():
    assert folded("entropy on hippocampus", 12) == "entropy on\nhippocampus"
    assert longest_part("a:b=1,interpolator=none, x") == len("interpolator=none,")
    assert (folded("", 5), longest_part("")) == ("", 0)


def test_a_terminal_gets_broken_lines_and_a_pipe_whole_ones():
    sentence = f"the file {PATH} is not there; look again"
    for is_terminal, lines in ((True, 3), (False, 1)):
        file = io.StringIO()
        say(terminal(file=file, width=40, force_terminal=is_terminal), sentence)
        assert len(file.getvalue().splitlines()) == lines
        assert PATH in file.getvalue()
