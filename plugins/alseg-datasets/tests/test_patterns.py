"""Patterns find files wherever placeholders stand, and say what is wrong with them."""

import pytest
from alseg_datasets.found_files import find
from alseg_datasets.patterns import Key, Pattern

from alcore import AlsegError


@pytest.fixture
def tree(tmp_path):
    def make(*paths):
        for path in paths:
            (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / path).touch()
        return tmp_path

    return make


@pytest.mark.parametrize(
    ("pattern", "path", "scan"),
    [
        ("./images/{id}.nii", "images/a.b_c.nii", "a.b_c"),
        ("{id}/{id}-t1.nii", "p-1/p-1-t1.nii", "p-1"),
        ("{patient}/{visit}/T1.nii", "P1/v2/T1.nii", "P1_v2"),
        ("{patient}/{patient}_{id}.nii", "P1/P1_f01.nii", "P1_f01"),
        ("{patient}/{id}.nii", "P1/P1-f01.nii", "P1-f01"),
        ("*/{id}/*.nii", "Basel/c1/anything.nii", "c1"),
        ("[x]/{id}+.nii", "[x]/c1+.nii", "c1"),
    ],
)
def test_placeholders_span_folders_and_recur(tree, pattern, path, scan):
    folder = tree(path)
    ((key, file),) = find(folder, Pattern(pattern))[""].items()
    assert (key.scan, file) == (scan, folder / path)


def test_a_placeholder_that_recurs_stands_for_the_same_text(tree):
    folder = tree("p-1/p-1.nii", "p-1/p-2.nii")
    assert set(find(folder, Pattern("{id}/{id}.nii"))[""]) == {Key(id="p-1")}


def test_an_absolute_pattern_is_searched_where_it_says(tree, tmp_path_factory):
    folder = tree("c1.nii")
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    assert find(elsewhere, Pattern(f"{folder}/{{id}}.nii")) == {"": {Key(id="c1"): folder / "c1.nii"}}


def test_channels_are_found_by_their_placeholder(tree):
    folder = tree("c1_t1.nii", "c1_t2.nii", "c2_t1.nii")
    found = find(folder, Pattern("{id}_{channel}.nii"))
    assert {channel: sorted(key.scan for key in files) for channel, files in found.items()} == {
        "t1": ["c1", "c2"],
        "t2": ["c1"],
    }


def test_two_files_for_one_scan_are_an_error(tree):
    with pytest.raises(AlsegError, match="finds two files for one scan"):
        find(tree("c1/a.nii", "c1/b.nii"), Pattern("{id}/*.nii"))


def test_hidden_names_match_no_placeholder(tree):
    folder = tree(".ipynb_checkpoints/i.nii", "__MACOSX/i.nii", "c1/i.nii", "c1/._x.nii")
    assert set(find(folder, Pattern("{id}/i.nii"))[""]) == {Key(id="c1")}


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "1 to 4096"),
        ("{id}" * 2000, "1 to 4096"),
        ("a\0{id}", "1 to 4096"),
        ("{name}.nii", "unknown placeholder {name}"),
        ("**/{id}.nii", "a \\* for each folder"),
        ("images/*.nii", "must contain {id}"),
    ],
)
def test_a_pattern_that_cannot_be_used_is_refused(text, sentence):
    with pytest.raises(ValueError, match=sentence):
        Pattern(text)


def test_a_name_too_long_for_the_disk_is_one_sentence(tmp_path):
    with pytest.raises(AlsegError, match="cannot be read"):
        find(tmp_path, Pattern("x" * 300 + "/{id}.nii"))
