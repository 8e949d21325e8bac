"""``alseg bench strategies``."""

import math
from typing import TYPE_CHECKING

import click
from alseg import AS_JSON, echo_json, terminal

if TYPE_CHECKING:
    from rich.table import Table

    from alseg_bench.query_cost import Cost


def _sizes(_ctx: click.Context, _param: click.Parameter, text: str) -> list[int]:
    try:
        sizes = [int(size) for size in text.split(",")]
    except ValueError as error:
        raise click.BadParameter(f"{text!r} is no list of whole numbers such as 1000,10000") from error
    if min(sizes) < 1:
        raise click.BadParameter("sizes are at least 1")
    return sizes


@click.command()
@click.option("--pool", "pools", default="1000,10000,100000", show_default=True, callback=_sizes, help="Pool sizes.")
@click.option("--budget", "budgets", default="16", show_default=True, callback=_sizes, help="Slices to select.")
@click.option(
    "--strategy",
    "names",
    multiple=True,
    help="Strategy, with options as in strided:selection=entropy; repeatable. Default: all.",
)
@click.option("--timeout", default=120.0, show_default=True, help="Seconds after which a measurement is stopped.")
@AS_JSON
def strategies(pools: list[int], budgets: list[int], names: tuple[str, ...], timeout: float, as_json: bool) -> None:
    """Time the selection logic of strategies on synthetic pools; what the model computes is given."""
    from alseg import progress_of

    from alcore.api.benchmark import parse_choices
    from alcore.registry import Registry
    from alcore.specs import StrategySpec
    from alseg_bench.query_cost import measure_costs

    registry = Registry.installed()
    text = ",".join(names or [component.spec.name for component in registry.components(StrategySpec)])
    choices = parse_choices(text)
    for choice in choices:
        registry.get(StrategySpec, choice.name)
    total = len(choices) * len(budgets) * len(pools)
    costs = []
    with progress_of("measuring", "selections") as progress:
        for cost in measure_costs(choices, pools, budgets, timeout=timeout):
            costs.append(cost)
            progress(len(costs), total)
    if as_json:
        echo_json([cost.as_json() for cost in costs])
        return

    console = terminal()
    console.print(_table(costs, sorted(pools)))
    for cost in costs:
        if cost.error:
            reason = f"none: {cost.strategy}, budget {cost.budget}, {cost.pool:,} slices: {cost.error}"
            console.print(reason, soft_wrap=True)
    console.print(
        "Wall-clock seconds of one selection, on one thread. Memory: growth of the peak at the largest pool. Growth: "
        "exponent of processor time between the two largest pools (1: linear)."
    )


def _table(costs: "list[Cost]", pools: list[int]) -> "Table":
    from rich import box
    from rich.table import Table

    from alseg_bench.query_cost import growth_exponent

    table = Table("strategy", box=box.SIMPLE_HEAD, pad_edge=False)
    for column in ("budget", *(f"{pool:,} slices" for pool in pools), "memory", "growth"):
        table.add_column(column, justify="right")
    rows: dict[tuple[str, int], list[Cost]] = {}
    for cost in costs:
        rows.setdefault((cost.strategy, cost.budget), []).append(cost)
    for (strategy, budget), row in rows.items():
        done = [cost for cost in row if not cost.error]
        growth = growth_exponent(row)
        table.add_row(
            strategy,
            str(budget),
            *("none" if cost.error else f"{cost.seconds:.3f}" for cost in row),
            f"{done[-1].memory_bytes / 2**20:.0f} MiB" if done else "",
            "" if math.isnan(growth) else f"{growth:.2f}",
        )
    return table
