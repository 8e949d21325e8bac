"""TOML and JSON from elsewhere: read, or refused in one sentence that says where it is wrong."""

import ast
import os
from pathlib import Path

import pytest

import alcore
from alcore import AlsegError
from alcore.documents import read_json, read_toml

READERS = {"toml": read_toml, "json": read_json}


def refused(path):
    with pytest.raises(AlsegError) as caught:
        READERS[path.suffix[1:]](path)
    assert caught.value.message.count(str(path)) == 1
    assert len(caught.value.message) < len(str(path)) + 200
    return caught.value.message


@pytest.mark.parametrize("bom", [b"", b"\xef\xbb\xbf"])
def test_what_is_well_formed_is_read_with_a_bom_or_without(tmp_path, bom):
    (tmp_path / "a.toml").write_bytes(bom + "name = 'Bär'\r\nlist = [1, [2]]\n".encode())
    (tmp_path / "a.json").write_bytes(bom + '{"name": "Bär", "list": [1, [2]]}'.encode())
    assert read_toml(tmp_path / "a.toml") == read_json(tmp_path / "a.json") == {"name": "Bär", "list": [1, [2]]}


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("a.toml", b"a = 1\nb = \n", "line 2"),
        ("a.toml", b"a = 1\na = 2\n", "line 2"),
        ("a.toml", b"a = 1\nb = '\xff'\n", "line 2 is not UTF-8"),
        ("a.toml", "a = 1".encode("utf-16"), "it is UTF-16"),
        ("a.toml", b"a = " + b"[" * 5000, "more than 16 deep"),
        ("a.toml", b"a" + b".a" * 5000 + b" = 1", "more than 16 deep"),
        ("a.toml", b"a = " + b"9" * 5000, "more than 64 bits"),
        ("a.toml", b"a = [9223372036854775808]", "more than 64 bits"),
        ("a.json", b'{"a":\n 1,}', "line 2"),
        ("a.json", b"", "line 1"),
        ("a.json", b'{"a": 1,\n "a": 2}', "the key 'a' twice"),
        ("a.json", b'{\n\n"a": "\xff"}', "line 3 is not UTF-8"),
        ("a.json", b"[" * 100_000, "more than 16 deep"),
        ("a.json", b'{"a":' * 100_000, "more than 16 deep"),
        ("a.json", b"[" * 20 + b"]" * 20, "more than 16 deep"),
        ("a.json", b"9" * 5000, "more than 64 bits"),
        ("a.json", b'{"' + b"x" * 5000 + b'": 1, "' + b"x" * 5000 + b'": 2}', "twice"),
    ],
)
def test_what_is_not_is_one_sentence_with_its_place(tmp_path, name, content, sentence):
    (tmp_path / name).write_bytes(content)
    assert sentence in refused(tmp_path / name)


def test_what_is_no_file_or_larger_than_any_document_is_not_read(tmp_path):
    os.mkfifo(tmp_path / "pipe.json")
    assert "it is no file" in refused(tmp_path / "pipe.json")
    assert "No such file" in refused(tmp_path / "absent.toml")
    with (tmp_path / "sparse.toml").open("wb") as file:
        file.truncate(10**13)
    assert "are the most" in refused(tmp_path / "sparse.toml")


def test_nothing_else_parses_files_of_toml_or_json():
    """One reader: what parses beside it parses the answer of a process of alseg's own."""
    own = {"jobs.py", "component.py", "documents.py"}
    root = Path(alcore.__file__).parents[1]
    found = set()
    for folder in ("alcore", "cli/alseg", "plugins/alseg-datasets/alseg_datasets"):
        for path in (root / folder).rglob("*.py"):
            calls = (node.func for node in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(node, ast.Call))
            names = {ast.unparse(function) for function in calls}
            if names & {"json.loads", "json.load", "tomllib.loads", "tomllib.load"}:
                found.add(path.name)
    assert found == own
