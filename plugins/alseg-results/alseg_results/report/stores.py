"""The slice stores that the runs were made on, where they are at hand."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from alcore import AlsegError
from alseg_results.runs import RunRecord

if TYPE_CHECKING:
    from alcore import SliceStore


@contextmanager
def store_of(run: RunRecord) -> Iterator["SliceStore"]:
    """Open the store that the run was made on: where the run found it, or under the same name in the data folder.

    Raises:
        AlsegError: it is in neither place, or what is there has other content.
    """
    from alcore import SliceStore
    from alcore.api.stores import store_path

    known = run.environment["dataset"]
    recorded = Path(str(known.get("path", "")))
    places = [path for path in (recorded, store_path(recorded.stem)) if path.is_file()]
    if not places:
        raise AlsegError(f"its slice store {recorded.name} is not at hand")
    with SliceStore.open(places[0]) as store:
        if store.info.fingerprint != known["fingerprint"]:
            raise AlsegError(f"the slice store {recorded.name} has other content than the one of the runs")
        yield store
