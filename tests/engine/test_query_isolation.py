"""A strategy cannot reach a label: no chain of references leads from its query to one."""

import gc
from types import ModuleType

import h5py
import numpy as np
import pytest
import torch

from alcore import AlsegError, DatasetSpec, Registry, SliceStore, Status
from alcore.conversion.convert import Conversion, convert
from alcore.pool.annotations import Annotations
from alcore.pool.readers import LabelReader
from alcore.pool.slices import ResidentSlices, StreamingSlices
from alcore.pool.table import SliceTable
from alcore.regions import Units
from alcore.runs.config import resolve
from alcore.runs.layers import merge, protocol_values
from alcore.runs.session import build_session
from alcore.store.images import StoredImages

SOURCES = [ResidentSlices, StreamingSlices]


def reachable(start):
    """Everything that ``start`` refers to, over any number of steps, short of modules and classes."""
    seen, waiting = {}, [start]
    while waiting:
        thing = waiting.pop()
        if id(thing) in seen or isinstance(thing, ModuleType | type):
            continue
        seen[id(thing)] = thing
        if callable(thing) and hasattr(thing, "__globals__"):
            waiting += [thing.__closure__ or (), thing.__defaults__ or ()]
        else:
            waiting += gc.get_referents(thing)
            # The tensors of a module and the array under a view are not always visible to the collector.
            waiting += [thing.base] if isinstance(thing, np.ndarray) and thing.base is not None else []
            waiting += list(vars(thing).values()) if hasattr(thing, "__dict__") else []
    return list(seen.values())


def storages(things):
    """Addresses of the memory behind tensors and arrays."""
    tensors = {thing.untyped_storage().data_ptr() for thing in things if isinstance(thing, torch.Tensor)}
    return tensors | {thing.__array_interface__["data"][0] for thing in things if isinstance(thing, np.ndarray)}


@pytest.fixture
def trained(experiment_of):
    """An experiment after training, so that whatever training keeps is there."""
    experiment = experiment_of()
    rows = np.array([0, 3, 5])
    experiment.annotate(rows, 0)
    experiment.learner.fit(experiment.annotated(), 0)
    return experiment


def test_no_chain_of_references_leads_from_a_query_to_a_label(trained):
    query = trained.query(1)
    query.predictor.scores(query.candidates, lambda p: p.amax(dim=(1, 2, 3)))
    seen = reachable(query)
    assert not [thing for thing in seen if isinstance(thing, Annotations)]
    labels = trained.annotations._labels._tensor
    assert labels.untyped_storage().data_ptr() not in storages(seen)
    assert not [thing for thing in seen if isinstance(thing, torch.Tensor) and thing.dtype == torch.uint8]


def test_the_walk_would_find_labels_and_images_where_they_are(trained):
    labels, images = trained.annotations._labels._tensor, trained.images._tensor
    assert labels.untyped_storage().data_ptr() in storages(reachable(trained.learner)) | storages(
        reachable(trained.annotations)
    )
    assert images.untyped_storage().data_ptr() in storages(reachable(trained.query(1)))


def test_a_query_shows_the_pool_and_nothing_can_be_written(trained):
    query = trained.query(1)
    assert query.labelled.tolist() == [0, 3, 5]
    assert query.status.tolist() == [int(Status.LABELLED) if k in (0, 3, 5) else 0 for k in range(15)]
    assert (query.budget, query.round, query.n_scans, query.label_space.n_classes) == (3, 1, 3, 3)
    for array in arrays_of(query):
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 1


def arrays_of(query):
    names = ("scan", "position", "status", "height", "width", "spacing")
    return [getattr(query, name) for name in names]


@pytest.mark.parametrize("slices", SOURCES)
def test_no_flag_and_no_base_makes_what_a_query_shows_writeable(experiment_of, slices):
    experiment = experiment_of(slices=slices)
    query = experiment.query(1)
    table = query.predictor._shown.slices.table
    for array in (*arrays_of(query), table.store_scan, table.scan, table.position, table.height):
        layer = array
        while isinstance(layer, np.ndarray):
            with pytest.raises(ValueError, match="WRITEABLE"):
                layer.flags.writeable = True
            with pytest.raises(ValueError, match="WRITEABLE"):
                layer.setflags(write=True)
            layer = layer.base
        assert isinstance(layer, bytes)


@pytest.mark.parametrize("slices", SOURCES)
def test_a_strategy_that_swaps_what_it_can_reach_reads_no_label_that_was_not_paid_for(experiment_of, slices):
    """An adversary that moves the positions of slices wherever a reference leads it, to be shown other labels."""
    experiment = experiment_of(slices=slices)
    truth = [experiment.annotator.split.label(row) for row in (0, 2)]
    query = experiment.query(1)
    tables = [thing for thing in reachable(query) if isinstance(thing, SliceTable)]
    units = [thing for thing in reachable(query) if isinstance(thing, Units)]
    assert tables
    assert units
    for thing in tables:
        object.__setattr__(thing, "position", np.roll(thing.position, 1))
        object.__setattr__(thing, "scan", np.zeros_like(thing.scan))
    for thing in units:
        object.__setattr__(thing, "lower", np.roll(thing.lower, 1, axis=0))
        object.__setattr__(thing, "scan", np.zeros_like(thing.scan))
    experiment.annotate(np.array([0, 2]), 1)
    for row, expected in zip((0, 2), truth, strict=True):
        np.testing.assert_array_equal(experiment.annotations.label(row), expected)


def test_known_labels_are_those_that_were_paid_for_and_copies(trained):
    trained.shows_labels = True
    known = trained.query(1).known
    for row in (0, 3, 5):
        label = known.label(row)
        assert np.array_equal(label, trained.annotations.label(row))
        assert known.voxels(np.array([row])).tolist() == [[int((label == 1).sum()), int((label == 2).sum())]]
        with pytest.raises(ValueError, match="WRITEABLE"):
            label.flags.writeable = True
    with pytest.raises(LookupError, match="slice 1 has no true label"):
        known.label(1)
    seen = reachable(known)
    assert not [thing for thing in seen if isinstance(thing, Annotations | torch.Tensor)]
    assert {thing.tobytes() for thing in seen if isinstance(thing, np.ndarray)} == {
        trained.annotations.label(row).tobytes() for row in (0, 3, 5)
    }


def test_a_strategy_that_does_not_ask_for_labels_sees_none(trained):
    with pytest.raises(LookupError, match="needs=frozenset"):
        trained.query(1).known.label(0)


def test_the_first_slices_are_asked_of_a_strategy_that_sees_images_and_no_model(experiment_of):
    query = experiment_of().query(0)
    assert (query.round, query.budget, len(query.candidates)) == (0, 3, 15)
    assert sum(len(where) for where, _ in query.predictor.images(query.candidates)) == 15
    for ask in (query.predictor.probabilities, query.predictor.features):
        with pytest.raises(AlsegError, match="in round 0, in which there is none"):
            ask(query.candidates)


def test_a_query_of_a_streaming_run_leads_to_no_label_either(tmp_path):
    component = Registry.installed().get(DatasetSpec, "phantom")
    path = tmp_path / "phantom.h5"
    convert(component, component.parse_options({"scans": 5}), None, path, Conversion())
    values = {
        "strategy": {"name": "random"},
        "dataset": {"name": str(path)},
        "model": {"name": "unet", "features": 4, "levels": 2},
        "pool": {"memory_budget": 0.0},
        "device": "cpu",
    }
    config = resolve(merge([protocol_values("demo"), values]), Registry.installed())
    with SliceStore.open(path) as store:
        session = build_session(config, Registry.installed(), store)
        assert not session.data.resident
        query = session.experiment.query(1)
        query.predictor.scores(query.candidates[:4], lambda p: p.amax(dim=(1, 2, 3)))
        seen = reachable(query)
    assert [thing for thing in seen if isinstance(thing, StoredImages)]
    forbidden = (Annotations, LabelReader, SliceStore, h5py.HLObject, h5py.h5f.FileID, h5py.h5g.GroupID)
    assert not [thing for thing in seen if isinstance(thing, forbidden)]
