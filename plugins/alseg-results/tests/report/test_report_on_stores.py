"""What the report reads from a slice store: the queried slices, and how good pseudo-labels are."""

import json

import numpy as np
import pytest
import torch
from alseg_results.overview import look_at
from alseg_results.report.pseudo_labels import pseudo_label_dice
from alseg_results.report.report import make_page
from alseg_results.report.subject import Subject
from alseg_results.runs import find_runs

from alcore.conversion.ensure import ensure_store
from alcore.errors import AlsegError
from alcore.query import Status
from alcore.registry import Registry
from alcore.runs.directory import SELECTION_FIELDS
from alcore.store.reader import SliceStore


@pytest.fixture(scope="module")
def store_file(tmp_path_factory):
    return ensure_store("phantom", Registry.installed(), folder=tmp_path_factory.mktemp("stores"))


@pytest.fixture
def run_on_store(write_run, store_file):
    """A run whose queries and pseudo-labels are slices of the store, and that store."""
    path = write_run([0.1, 0.2], "strided", dataset="phantom", blocks=True)
    with SliceStore.open(store_file) as store:
        about = {"fingerprint": store.info.fingerprint, "path": str(store_file), "synthetic": True}
        environment = json.loads((path / "environment.json").read_text(encoding="utf-8"))
        environment["dataset"] |= about
        (path / "environment.json").write_text(json.dumps(environment), encoding="utf-8")
        scan = store.scans.ids[0]
        present = [place for place in range(store.scans.n_slices[0]) if store.read_label(0, place).any()][:2]
        rows = [",".join(SELECTION_FIELDS)]
        rows += [f"1,{k},query,{k},{scan},{k},,,,20,1,0,0,10,10,1," for k in range(2)]
        rows += [f"1,{k},pseudo,{100 + k},{scan},{place},,,,20,1,0,0,10,10,," for k, place in enumerate(present)]
        (path / "selections.csv").write_text("\n".join(rows) + "\n", encoding="utf-8")
        truth = [store.read_label(0, place) for place in present]
    (path / "checkpoints").mkdir()
    return path, truth


def save(path, labels):
    status = torch.zeros(100 + len(labels), dtype=torch.uint8)
    status[100:] = int(Status.PSEUDO_LABELLED)
    pseudo_labels = {100 + k: torch.from_numpy(label) for k, label in enumerate(labels)}
    state = {"learner": {}, "status": status, "pseudo_labels": pseudo_labels}
    torch.save(state, path / "checkpoints" / "round-0001.pt")


def dice_of(path, store_file):
    (run,) = find_runs(path).runs
    with SliceStore.open(store_file) as store:
        return pseudo_label_dice(run, store)


def test_pseudo_labels_equal_to_the_truth_have_a_dice_of_one(run_on_store, store_file):
    path, truth = run_on_store
    save(path, truth)
    assert dice_of(path, store_file) == {1: 1.0}


def test_a_pseudo_label_of_another_size_than_its_slice_is_refused(run_on_store, store_file):
    path, truth = run_on_store
    save(path, [truth[0][1:], *truth[1:]])
    with pytest.raises(AlsegError, match=r"round-0001.pt is damaged: its pseudo-label 100 has the shape"):
        dice_of(path, store_file)


def test_pseudo_labels_are_scored_per_class_over_the_slices_of_a_round(run_on_store, store_file):
    path, truth = run_on_store
    guess = [np.where(truth[0] == 2, 0, truth[0]), np.zeros_like(truth[1])]
    save(path, guess)
    expected = []
    for value in (1, 2):
        ours, true = (np.concatenate([(label == value).ravel() for label in labels]) for labels in (guess, truth))
        if ours.any() or true.any():
            expected.append(2 * (ours & true).sum() / (ours.sum() + true.sum()))
    assert dice_of(path, store_file)[1] == pytest.approx(np.mean(expected))


def page_on(path):
    page = make_page(Subject(look_at(path, Registry.installed())))
    return {section.key: section for section in page.sections}


def test_queried_slices_are_shown_and_pseudo_labels_measured_where_the_store_is_at_hand(run_on_store):
    path, truth = run_on_store
    save(path, truth)
    sections = page_on(path)
    (picture,) = sections["selections"].pictures
    assert picture.source.startswith("data:image/png;base64,")
    assert picture.title == "strided: phantom (synthetic data)"
    assert "slice 1 of 20" in picture.description
    (row,) = sections["pseudo-labels"].tables[0].rows
    assert [cell.text for cell in row.cells] == ["strided", "2.0", "1.0", "50 %", "6.0", "1.000"]


def test_a_store_that_is_gone_or_other_and_a_lost_checkpoint_are_named(run_on_store, monkeypatch, tmp_path):
    path, _ = run_on_store
    assert any("checkpoint" in sentence for sentence in page_on(path)["pseudo-labels"].text)
    monkeypatch.setenv("ALSEG_DATA_DIR", str(tmp_path / "empty"))
    text = (path / "environment.json").read_text(encoding="utf-8")
    environment = json.loads(text)
    environment["dataset"]["path"] = "moved/phantom.h5"
    (path / "environment.json").write_text(json.dumps(environment), encoding="utf-8")
    sections = page_on(path)
    assert sections["selections"].pictures == ()
    assert any("phantom.h5 is not at hand" in sentence for sentence in sections["selections"].text)
    environment = json.loads(text)
    environment["dataset"]["fingerprint"] = "of something else"
    (path / "environment.json").write_text(json.dumps(environment), encoding="utf-8")
    assert any("other content" in sentence for sentence in page_on(path)["selections"].text)
