"""A checkpoint whose content was altered is refused in one sentence that names the file."""

import io
import zipfile

import pytest
import torch
from alseg_learners.epoch_choice import BestEpoch, EarlyStopping
from alseg_learners.progress import FitProgress, restore_random_state
from torch import nn

from alcore import AlsegError
from alcore.runs.checkpoint import read_checkpoint
from alcore.runs.epoch_checkpoint import EpochCheckpoint

CPU = torch.device("cpu")


def sound():
    label = torch.zeros(4, 4, dtype=torch.uint8)
    status = torch.tensor([0, 1, 2, 0], dtype=torch.uint8)
    return {"learner": {"model": nn.Linear(2, 2).state_dict()}, "status": status, "pseudo_labels": {2: label}}


@pytest.fixture
def written(tmp_path):
    def write(state):
        torch.save(state, tmp_path / "round-0001.pt")
        return tmp_path / "round-0001.pt"

    return write


def test_a_sound_checkpoint_is_read_as_it_was_written(written):
    read = read_checkpoint(written(sound()), CPU)
    assert read.status.tolist() == [0, 1, 2, 0]
    assert list(read.pseudo_labels) == [2]


@pytest.mark.parametrize(
    ("part", "value"),
    [
        ("learner", []),
        ("learner", torch.zeros(3)),
        ("learner", None),
        ("learner", 1),
        ("learner", {1: torch.zeros(2)}),
        ("learner", {"model": {"weight": torch.zeros(2, 2).to_sparse(), "bias": torch.zeros(2)}}),
        ("learner", {"model": {"weight": torch.zeros(2, 2, device="meta"), "bias": torch.zeros(2)}}),
        ("learner", {"members": [torch.zeros(2, device="meta")]}),
        ("status", [0, 1, 2, 0]),
        ("status", None),
        ("status", torch.tensor([0, 1, 2, 0])),
        ("status", torch.tensor([[0, 1, 2, 0]], dtype=torch.uint8)),
        ("status", torch.tensor([False, True, True, False])),
        ("status", torch.tensor([0, 1, 2, 3], dtype=torch.uint8)),
        ("status", torch.full((4,), 2, dtype=torch.uint8)),
        ("pseudo_labels", []),
        ("pseudo_labels", None),
        ("pseudo_labels", {}),
        ("pseudo_labels", {"a": torch.zeros(4, 4, dtype=torch.uint8)}),
        ("pseudo_labels", {2: "text"}),
        ("pseudo_labels", {2: torch.zeros(4, 4)}),
        ("pseudo_labels", {1: torch.zeros(4, 4, dtype=torch.uint8)}),
        ("more", 1),
    ],
)
def test_a_part_that_is_not_what_it_should_be_is_refused(written, part, value):
    path = written(sound() | {part: value})
    with pytest.raises(AlsegError, match=r"the checkpoint .*round-0001.pt is damaged: it"):
        read_checkpoint(path, CPU)


@pytest.mark.parametrize("state", [torch.zeros(3), [], None, {"learner": {}}], ids=["tensor", "list", "None", "a part"])
def test_a_file_that_holds_something_else_is_refused(written, state):
    with pytest.raises(AlsegError, match="is damaged: it does not hold exactly learner, pseudo_labels, status"):
        read_checkpoint(written(state), CPU)


def test_a_byte_order_that_nobody_knows_is_refused(written):
    path = written(sound())
    altered = io.BytesIO()
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(altered, "w") as new:
        for name in old.namelist():
            new.writestr(name, b"junk" if name.endswith("byteorder") else old.read(name))
    path.write_bytes(altered.getvalue())
    with pytest.raises(AlsegError, match="is damaged: Unknown endianness"):
        read_checkpoint(path, CPU)


def restore_all(state):
    nn.Linear(2, 2).load_state_dict(state["model"])
    EarlyStopping(None, 0.0).restore(state["stopping"])
    BestEpoch().restore(state["best"])
    FitProgress.of(state["progress"])
    restore_random_state(state["random"], CPU)


def sound_epoch():
    return {
        "model": nn.Linear(2, 2).state_dict(),
        "stopping": EarlyStopping(None, 0.0).state(),
        "best": BestEpoch().state(),
        "progress": FitProgress([0.5], [None], [0.1], 3).state(),
        "random": {"cpu": torch.get_rng_state()},
    }


def test_a_sound_epoch_is_restored(tmp_path):
    torch.save(sound_epoch(), tmp_path / "epoch.pt")
    seen = []
    EpochCheckpoint(tmp_path / "epoch.pt", 0.0, CPU).restore(lambda state: (restore_all(state), seen.append(state)))
    assert len(seen) == 1


def test_without_an_epoch_nothing_is_restored(tmp_path):
    EpochCheckpoint(tmp_path / "epoch.pt", 0.0, CPU).restore(lambda _: pytest.fail("there is nothing"))


@pytest.mark.parametrize(
    "changed",
    [
        {"model": []},
        {"model": {}},
        {"progress": 1},
        {"progress": {}},
        {"progress": {"losses": ["a"], "validation": [None], "learning_rates": [0.1]}},
        {"progress": {"losses": [0.5], "validation": [], "learning_rates": [0.1]}},
        {"stopping": 1},
        {"best": 1},
        {"best": {}},
        {"random": {}},
        {"random": torch.zeros(3)},
        {"random": {"cpu": torch.zeros(3, dtype=torch.uint8)}},
    ],
)
def test_an_altered_epoch_is_refused(tmp_path, changed):
    torch.save(sound_epoch() | changed, tmp_path / "epoch.pt")
    with pytest.raises(AlsegError, match=r"the checkpoint .*epoch.pt is damaged: \S"):
        EpochCheckpoint(tmp_path / "epoch.pt", 0.0, CPU).restore(restore_all)


def test_an_epoch_that_is_a_list_is_refused(tmp_path):
    torch.save([1], tmp_path / "epoch.pt")
    with pytest.raises(AlsegError, match=r"epoch\.pt is damaged"):
        EpochCheckpoint(tmp_path / "epoch.pt", 0.0, CPU).restore(restore_all)
