"""Where slice stores are."""

import os
from pathlib import Path

import platformdirs

from alcore.errors import AlsegError
from alcore.store import format

DATA_DIR_VARIABLE = "ALSEG_DATA_DIR"
"""Environment variable that names the folder of the stores."""

_LONGEST_NAME, _LONGEST_PATH, _SHORT = 200, 4000, 40


def data_dir() -> Path:
    """The folder of the stores: ``ALSEG_DATA_DIR`` or else the user's data folder."""
    named = os.environ.get(DATA_DIR_VARIABLE)
    return Path(named) if named else platformdirs.user_data_path("alseg")


def store_path(name: str, folder: Path | None = None) -> Path:
    """Where the store ``name`` is, or would be: a name lies in the data folder, a path to a file is taken as it is.

    Raises:
        AlsegError: no store can be called so.
    """
    encoded = name.encode(errors="surrogatepass")
    if "\0" in name or len(encoded) > _LONGEST_PATH or any(len(part) > _LONGEST_NAME for part in encoded.split(b"/")):
        raise AlsegError(f"no store can be called {_short(name)!r}", hint=f"names have {_LONGEST_NAME} letters at most")
    if is_path(name):
        return Path(name)
    if not name.isprintable() or name.startswith(".") or not name.strip():
        raise AlsegError(f"no store can be called {name!r}", hint="choose a name of letters and digits")
    return (folder or data_dir()) / f"{name}{format.SUFFIX}"


def _short(name: str) -> str:
    return name if len(name) <= _SHORT else f"{name[:_SHORT]}..."


def is_path(name: str) -> bool:
    """Whether ``name`` is the path of a store, not the name of one."""
    return name.endswith(format.SUFFIX) or os.sep in name


def from_anywhere(name: str) -> str:
    """The name of a dataset or store as it is; the path of a store made absolute, as other folders find it."""
    return str(Path(name).absolute()) if is_path(name) else name


def list_stores(folder: Path | None = None) -> list[Path]:
    """The stores in the data folder, sorted by name; none where there is no such folder."""
    return sorted(path for path in (folder or data_dir()).glob(f"*{format.SUFFIX}") if not path.name.startswith("."))
