"""Rows as Parquet files, which pandas, R, polars and DuckDB read."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from alcore import AlsegError
from alcore.files import write_atomically

Row = Mapping[str, Any]


def write_rows(path: Path, rows: Sequence[Row], columns: Mapping[str, str]) -> None:
    """Write rows with the given columns; None is null.

    Args:
        path: the file.
        rows: one value per column each.
        columns: Arrow's type by name, such as ``int64``, ``double``, ``bool`` or ``string``.

    Raises:
        AlsegError: the disk refuses it.
    """
    import pyarrow
    from pyarrow import parquet

    schema = pyarrow.schema([(name, pyarrow.type_for_alias(kind)) for name, kind in columns.items()])
    arrays = [pyarrow.array([row[name] for row in rows], type=schema.field(name).type) for name in columns]
    table = pyarrow.Table.from_arrays(arrays, schema=schema)
    write_atomically(path, lambda file: parquet.write_table(table, file, compression="zstd"))


def read_rows(path: Path, columns: Mapping[str, str]) -> list[dict[str, Any]]:
    """Read the rows of a file of those columns; of all that it has, where none are given.

    Raises:
        AlsegError: it is no Parquet file, or lacks a column.
    """
    import pyarrow
    from pyarrow import parquet

    try:
        table = parquet.read_table(path)
    except (pyarrow.ArrowException, OSError) as error:
        raise AlsegError(f"{path} is damaged: it cannot be read as Parquet") from error
    missing = [name for name in columns if name not in table.column_names]
    if missing:
        raise AlsegError(f"{path} is damaged: it has no column {missing[0]!r}")
    rows: list[dict[str, Any]] = (table.select(list(columns)) if columns else table).to_pylist()
    return rows
