"""Results: what runs came to, as tables and tests that stand up."""

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas

__all__ = ["tidy_results"]


def tidy_results(folder: Path | str) -> "pandas.DataFrame":
    """All scores of a benchmark, of a folder of runs, or of one run as one long table.

    Returns:
        ``dataset``, ``strategy``, ``seed``, ``round``, ``labelled``, ``pseudo_labelled``, ``split``, ``metric``,
        ``class`` (a foreground class, or ``mean`` over them) and ``value``. Training on the fully labelled pool has
        the strategy ``full data``.

    Raises:
        AlsegError: there is no such folder, or no run in it has a committed round.
    """
    from alseg_results.runs import find_runs
    from alseg_results.tidy import tidy

    found = find_runs(folder)
    return tidy([*found.runs, *found.full_data])
