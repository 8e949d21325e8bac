"""``alseg bench interpolation``."""

import os
from pathlib import Path
from typing import TYPE_CHECKING

import click
from alseg import AS_JSON, DATA_DIR, echo_json, terminal

if TYPE_CHECKING:
    from rich.table import Table

    from alseg_bench.interpolation import PublishedRow, Quality


def _sizes(_ctx: click.Context, _param: click.Parameter, text: str) -> list[int]:
    try:
        return [int(size) for size in text.split(",")]
    except ValueError as error:
        raise click.BadParameter(f"{text!r} is no list of whole numbers such as 5,10,15") from error


@click.command()
@click.option("--dataset", required=True, help="Name of a dataset, or name or path of a slice store.")
@click.option("--block-size", default="5,10,15", show_default=True, callback=_sizes, help="Slices per block, ends too.")
@click.option("--interpolator", "names", multiple=True, help="Interpolator to measure; repeatable. Default: all.")
@click.option("--as-published", is_flag=True, help="Also score as the paper's code did, and show its table 10.")
@click.option(
    "--jobs", type=click.IntRange(1), default=lambda: os.cpu_count() or 1, help="Processes. Default: all cores."
)
@DATA_DIR
@AS_JSON
def interpolation(
    dataset: str,
    block_size: list[int],
    names: tuple[str, ...],
    as_published: bool,
    jobs: int,
    data_dir: Path | None,
    as_json: bool,
) -> None:
    """Interpolate every full block of a dataset and compare with the true labels."""
    from alseg import progress_of

    from alcore.api.stores import ensure_store
    from alcore.registry import Registry
    from alcore.specs import InterpolatorSpec
    from alseg_bench.interpolation import WHY_THEY_DIFFER, measure_quality, published_rows

    registry = Registry.installed()
    path = ensure_store(dataset, data_dir=data_dir)
    chosen = names or tuple(component.spec.name for component in registry.components(InterpolatorSpec))
    with progress_of("interpolating", "scans") as progress:
        correct = measure_quality(path, registry, chosen, block_size, processes=jobs, progress=progress)
    published = []
    if as_published:
        with progress_of("interpolating as published", "scans") as progress:
            published = measure_quality(
                path, registry, chosen, block_size, as_published=True, processes=jobs, progress=progress
            )
    if as_json:
        echo_json([quality.as_json() for quality in (*correct, *published)])
        return

    console = terminal()
    console.print(_correct_table(correct))
    if as_published:
        console.print(_published_table(published, published_rows(dataset)))
        console.print(WHY_THEY_DIFFER)


def _correct_table(qualities: "list[Quality]") -> "Table":
    classes = list(qualities[0].class_means) if qualities else []
    table = _table("foreground Dice", *classes, "not interpolable", "blocks", "ms per block")
    for quality in qualities:
        table.add_row(
            quality.job.interpolator,
            str(quality.job.block_size),
            _figure(quality.dice_mean, quality.dice_std),
            *(_figure(quality.class_means[name], quality.class_stds[name]) for name in classes),
            f"{quality.failed_share:.1%}",
            str(quality.n_blocks),
            f"{quality.seconds_per_block * 1000:.2f}",
        )
    return table


def _published_table(qualities: "list[Quality]", rows: "list[PublishedRow]") -> "Table":
    table = _table("as published, recomputed", "table 10 of the paper")
    printed = {(row.interpolator, row.block_size): _figure(row.dice_mean, row.dice_std) for row in rows}
    for quality in qualities:
        job = quality.job
        table.add_row(
            job.interpolator,
            str(job.block_size),
            _figure(quality.dice_mean, quality.dice_std),
            printed.get((job.interpolator, job.block_size), "not reported"),
        )
    return table


def _figure(mean: float, std: float) -> str:
    return "none" if mean != mean else f"{mean:.3f} ± {std:.3f}"


def _table(*columns: str) -> "Table":
    from rich import box
    from rich.table import Table

    table = Table("interpolator", box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column("block size", justify="right")
    for column in columns:
        table.add_column(column, justify="right")
    return table
