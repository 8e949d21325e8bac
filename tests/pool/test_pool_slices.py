"""Resident and streaming slices give the same batches: the store's voxels, padded to the largest slice of the batch."""

import gc
from types import ModuleType

import h5py
import numpy as np
import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from alcore import IGNORED
from alcore.pool.data import MIB, open_splits
from alcore.pool.options import PoolOptions
from alcore.pool.readers import LabelReader
from alcore.pool.slices import ResidentSlices, StreamingSlices, n_bytes
from alcore.store.reader import SliceStore

CPU = torch.device("cpu")
RAW = PoolOptions(normalisation="none", memory_budget=100.0)
N_TRAIN = 2 + 4 + 5
row_lists = st.lists(st.integers(0, N_TRAIN - 1), min_size=1, max_size=6).map(lambda rows: np.array(rows, np.int64))


def opened(store, budget, **options):
    return open_splits(store, PoolOptions(memory_budget=budget, **options), CPU).splits["train"]


@pytest.fixture(scope="module")
def both(toy_store):
    return opened(toy_store, 100.0), opened(toy_store, 0.0)


def slices_by_hand(store, table, rows, read):
    return [read(int(table.store_scan[table.scan[row]]), int(table.position[row])) for row in rows]


def surrounded(content, height, width, padding):
    padded = np.full((*content.shape[:-2], height, width), padding, content.dtype)
    padded[..., : content.shape[-2], : content.shape[-1]] = content
    return padded


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=row_lists)
def test_both_sources_give_identical_batches(both, rows):
    resident, streaming = both
    assert isinstance(resident.images, ResidentSlices)
    assert isinstance(streaming.images, StreamingSlices)
    for content in ("images", "labels"):
        kept, streamed = getattr(resident, content).batch(rows), getattr(streaming, content).batch(rows)
        assert kept.dtype == streamed.dtype
        assert torch.equal(kept, streamed)


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(batches=st.lists(row_lists, max_size=12))
def test_a_sequence_of_batches_comes_in_order_from_both_sources(both, batches):
    for split in both:
        for content in (split.images, split.labels):
            assert all(
                torch.equal(batch, content.batch(rows))
                for batch, rows in zip(content.batches(batches), batches, strict=True)
            )


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=row_lists)
def test_a_batch_holds_the_voxels_of_the_store_with_zeros_and_ignored_labels_around(toy_store, rows):
    split = open_splits(toy_store, RAW, CPU).splits["train"]
    images = slices_by_hand(toy_store, split.table, rows, toy_store.read_image)
    labels = slices_by_hand(toy_store, split.table, rows, toy_store.read_label)
    size = [max(label.shape[axis] for label in labels) for axis in (0, 1)]
    expected = np.stack([surrounded(image, *size, 0) for image in images])
    np.testing.assert_array_equal(split.images.batch(rows).numpy(), expected)
    expected = np.stack([surrounded(label, *size, IGNORED) for label in labels])
    np.testing.assert_array_equal(split.labels.batch(rows).numpy(), expected)


def test_the_table_lists_slices_scan_after_scan(toy_store, toy_table):
    assert toy_table.scan_ids == ("scan0", "scan2", "scan3")
    assert toy_table.scan.tolist() == [0] * 2 + [1] * 4 + [2] * 5
    assert toy_table.position.tolist() == [*range(2), *range(4), *range(5)]
    assert [toy_table.rows_of(scan) for scan in range(3)] == [slice(0, 2), slice(2, 6), slice(6, 11)]
    assert toy_table.frame == (5, 9)
    with pytest.raises(ValueError, match="read-only"):
        toy_table.scan[0] = 1


@pytest.mark.parametrize("distance", [-1, 0])
def test_slices_are_resident_exactly_if_they_fit_the_budget(toy_store, distance):
    float32_of_two_channels, uint8 = 8, 1
    frames = {"train": N_TRAIN * 5 * 9, "validation": 3 * 7 * 4}
    needed = sum(frames.values()) * (float32_of_two_channels + uint8)
    data = open_splits(toy_store, PoolOptions(memory_budget=(needed + distance) / MIB), CPU)
    assert data.n_bytes == needed
    assert data.resident is (distance == 0)
    assert set(data.splits) == {"train", "validation"}


def test_the_bytes_that_are_estimated_are_the_bytes_that_are_taken(toy_store):
    split = open_splits(toy_store, RAW, CPU).splits["train"]
    everything = split.images.batch(np.arange(N_TRAIN))
    streaming = opened(toy_store, 0.0).images
    assert n_bytes(streaming._reader) == everything.numel() * everything.element_size()


class FailsAt:
    """Reads slices of one voxel until it comes to a row that it cannot read."""

    dtype, padding, leading_shape = np.dtype(np.float32), 0, (1,)

    def __init__(self, table, row):
        self.table, self.row, self.read = table, row, []

    def read_slice(self, row):
        self.read.append(row)
        if row == self.row:
            raise OSError("unreadable")
        return np.full((1, 1, 1), row, np.float32)


def test_an_error_in_the_background_reaches_the_caller_at_its_batch(toy_table):
    batches = StreamingSlices(FailsAt(toy_table, 2), CPU).batches([np.array([row]) for row in range(5)])
    assert [next(batches).max().item() for _ in range(2)] == [0, 1]
    with pytest.raises(OSError, match="unreadable"):
        next(batches)


def test_leaving_early_reads_no_more_than_the_read_ahead(toy_table):
    reader = FailsAt(toy_table, -1)
    batches = StreamingSlices(reader, CPU).batches(np.array([row % 11]) for row in range(1000))
    next(batches)
    batches.close()
    assert len(reader.read) < 10


def test_streaming_images_lead_neither_to_labels_nor_to_the_store(toy_store):
    split = opened(toy_store, 0.0)
    split.images.batch(np.arange(3))
    list(split.images.batches([np.arange(3)]))
    found, waiting = {}, [split.images]
    while waiting:
        thing = waiting.pop()
        if id(thing) in found or isinstance(thing, ModuleType | type):
            continue
        found[id(thing)] = thing
        if callable(thing) and hasattr(thing, "__globals__"):
            waiting += [thing.__closure__ or (), thing.__defaults__ or ()]
        else:
            waiting += gc.get_referents(thing)
    kinds = [type(thing) for thing in found.values()]
    assert SliceStore not in kinds
    assert LabelReader not in kinds
    assert not [kind for kind in kinds if issubclass(kind, h5py.HLObject | h5py.h5f.FileID | h5py.h5g.GroupID)]
    handles = [thing for thing in found.values() if isinstance(thing, h5py.h5d.DatasetID)]
    assert len(handles) == 3
    assert all(h5py.h5i.get_name(handle).endswith(b"/image") for handle in handles)


def test_images_of_a_closed_store_say_so(toy_store):
    with SliceStore.open(toy_store.path) as store:
        images = store.images([0])
        np.testing.assert_array_equal(images.read(0, 1), toy_store.read_image(0, 1))
    with pytest.raises(ValueError, match="is closed"):
        images.read(0, 1)
