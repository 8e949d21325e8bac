"""A strategy cannot reach a label: no chain of references leads from its query to one."""

import gc
from types import ModuleType

import h5py
import numpy as np
import pytest
import torch

from alcore import DatasetSpec, Registry, SliceStore, Status
from alcore.conversion.convert import Conversion, convert
from alcore.engine.oracle import Oracle
from alcore.engine.training_set import TrainingSet
from alcore.pool.readers import LabelReader
from alcore.runs.assemble import assemble
from alcore.runs.config import resolve
from alcore.runs.layers import merge, protocol_values
from alcore.store.images import StoredImages


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
    experiment.oracle.annotate(rows)
    experiment.pool.update(rows, rows[:0])
    training_set = TrainingSet(experiment.pool, experiment.images, experiment.oracle, {}, 1.0)
    experiment.learner.fit(training_set, 0)
    return experiment


def test_no_chain_of_references_leads_from_a_query_to_a_label(trained):
    query = trained.query(1)
    query.predictor.scores(query.candidates, lambda p: p.amax(dim=(1, 2, 3)))
    seen = reachable(query)
    assert not [thing for thing in seen if isinstance(thing, Oracle)]
    labels = trained.oracle._labels._tensor
    assert labels.untyped_storage().data_ptr() not in storages(seen)
    assert not [thing for thing in seen if isinstance(thing, torch.Tensor) and thing.dtype == torch.uint8]


def test_the_walk_would_find_labels_and_images_where_they_are(trained):
    labels, images = trained.oracle._labels._tensor, trained.images._tensor
    assert labels.untyped_storage().data_ptr() in storages(reachable(trained.learner)) | storages(
        reachable(trained.oracle)
    )
    assert images.untyped_storage().data_ptr() in storages(reachable(trained.query(1)))


def test_a_query_shows_the_pool_and_nothing_can_be_written(trained):
    query = trained.query(1)
    assert query.labelled.tolist() == [0, 3, 5]
    assert query.status.tolist() == [int(Status.LABELLED) if k in (0, 3, 5) else 0 for k in range(15)]
    assert (query.budget, query.round, query.n_scans, query.label_space.n_classes) == (3, 1, 3, 3)
    for array in (query.scan, query.position, query.status):
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 1


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
        experiment, data = assemble(config, Registry.installed(), store)
        assert not data.resident
        query = experiment.query(1)
        query.predictor.scores(query.candidates[:4], lambda p: p.amax(dim=(1, 2, 3)))
        seen = reachable(query)
    assert [thing for thing in seen if isinstance(thing, StoredImages)]
    forbidden = (Oracle, LabelReader, SliceStore, h5py.HLObject, h5py.h5f.FileID, h5py.h5g.GroupID)
    assert not [thing for thing in seen if isinstance(thing, forbidden)]
