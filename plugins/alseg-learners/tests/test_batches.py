"""Batches hold every slice once, nearly equally many each, by the seed alone."""

import numpy as np
from alseg_learners.batches import pass_batches
from alseg_learners.options import SlicesOptions
from hypothesis import given, settings
from hypothesis import strategies as st


@settings(max_examples=80, deadline=None)
@given(n=st.integers(1, 60), batch_size=st.integers(1, 40), min_steps=st.integers(1, 12))
def test_an_epoch_takes_every_slice_once_in_batches_of_nearly_one_size(n, batch_size, min_steps):
    rows = np.arange(100, 100 + n)
    options = SlicesOptions(batch_size=batch_size, min_steps=min_steps)
    batches = pass_batches(rows, options, np.random.default_rng(0))
    sizes = [len(batch) for batch in batches]
    assert sorted(np.concatenate(batches).tolist()) == rows.tolist()
    assert max(sizes) - min(sizes) <= 1
    assert 1 <= min(sizes) <= max(sizes) <= batch_size
    assert len(batches) >= min(min_steps, n)
    if len(batches) > min(min_steps, n):
        assert len(batches) == -(-n // batch_size)


def test_epochs_are_shuffled_anew_and_repeat_under_one_seed():
    rows, options = np.arange(20), SlicesOptions(batch_size=6)

    def epochs(seed):
        rng = np.random.default_rng(seed)
        return [np.concatenate(pass_batches(rows, options, rng)).tolist() for _ in range(2)]

    first, second = epochs(0)
    assert first != second
    assert epochs(0) == [first, second]
    assert epochs(1) != [first, second]
