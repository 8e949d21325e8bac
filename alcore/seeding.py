"""Random streams, each spawned from (seed, purpose, round): no purpose disturbs another."""

from zlib import crc32

import numpy as np


def random_generator(seed: int, purpose: str, round_number: int = 0) -> np.random.Generator:
    """A generator of its own for one purpose in one round."""
    return np.random.default_rng(_sequence(seed, purpose, round_number))


def torch_seed(seed: int, purpose: str, round_number: int = 0) -> int:
    """A seed for ``torch.manual_seed``, for one purpose in one round."""
    return int(_sequence(seed, purpose, round_number).generate_state(1, np.uint64)[0] >> np.uint64(1))


def _sequence(seed: int, purpose: str, round_number: int) -> np.random.SeedSequence:
    return np.random.SeedSequence((seed, crc32(purpose.encode()), round_number))
