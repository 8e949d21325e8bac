"""What HDF5 raises for a damaged file, as an error that says so."""

from collections.abc import Iterator
from contextlib import contextmanager

from alcore.errors import AlsegError

_H5PY_ERRORS = (OSError, KeyError, RuntimeError, ValueError, TypeError)


@contextmanager
def damage(message: str) -> Iterator[None]:
    """Turn h5py's errors into AlsegError with ``message``."""
    try:
        yield
    except _H5PY_ERRORS as error:
        raise AlsegError(
            f"{message} ({error})", hint="convert the dataset again: alseg data convert --force"
        ) from error
