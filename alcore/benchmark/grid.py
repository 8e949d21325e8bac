"""The grid of a benchmark: which strategies on which datasets under which seeds."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from alcore.benchmark.decided import DECIDED, check_decisions
from alcore.errors import AlsegError
from alcore.registry import Registry
from alcore.runs.layers import toml_value
from alcore.specs import StrategySpec

DEFAULT_LAUNCHER = "local"
EVERY = "all"
"""In place of a strategy: every installed one that needs no option."""

GRID_KEYS = ("strategies", "datasets", "seeds", "full_data", "launcher", DECIDED)
"""What a grid file holds beside the values of a run."""

_SEEDS = re.compile(r"(\d+)(?:-(\d+))?")


@dataclass(frozen=True)
class Choice:
    """A component with some of its options, as ``strided:block_size=5,interpolator=signed-distance`` writes it.

    Args:
        name: the component's name.
        options: the options that were given.
        label: the same as text, spaces taken off: how results call it.
    """

    name: str
    options: Mapping[str, Any]
    label: str

    def as_section(self) -> dict[str, Any]:
        """Name and options, as in a configuration."""
        return {"name": self.name, **self.options}


@dataclass(frozen=True)
class Grid:
    """Strategies x datasets x seeds, and what all runs share.

    Args:
        strategies: the query strategies.
        datasets: the datasets.
        seeds: the seeds, each once.
        values: configuration values of every run, in layers (``alcore.runs.layers``) merged into one.
        full_data: None, or values by which the runs on the fully labelled pool, one per dataset and seed, differ from
            the others: what their curves are held against. What the protocol says of such training comes before them.
        launcher: name and options of what runs the jobs.
        decided: how strategies will be compared (``alcore.benchmark.decided``); None where nothing was decided.
    """

    strategies: tuple[Choice, ...]
    datasets: tuple[Choice, ...]
    seeds: tuple[int, ...]
    values: Mapping[str, Any] = field(default_factory=dict)
    full_data: Mapping[str, Any] | None = None
    launcher: Mapping[str, Any] = field(default_factory=lambda: {"name": DEFAULT_LAUNCHER})
    decided: Mapping[str, Any] | None = None

    def as_values(self) -> dict[str, Any]:
        """The grid as its file holds it."""
        return {
            "strategies": [choice.label for choice in self.strategies],
            "datasets": [choice.label for choice in self.datasets],
            "seeds": list(self.seeds),
            "full_data": False if self.full_data is None else dict(self.full_data) or True,
            "launcher": dict(self.launcher),
            **({} if self.decided is None else {DECIDED: dict(self.decided)}),
            **self.values,
        }


def make_grid(values: Mapping[str, Any], registry: Registry) -> Grid:
    """Make a grid from the keys of a grid file and the values of a run, merged already.

    Args:
        values: the values, their protocol spelt out.
        registry: the installed components, for the strategies that ``all`` means.

    Raises:
        AlsegError: a part of the grid is missing, empty, given twice or cannot be read.
    """
    given = dict(values)
    parts = {key: given.pop(key, None) for key in GRID_KEYS}
    for key in ("strategy", "dataset", "seed"):
        if key in given:
            raise AlsegError(f"a grid has no single {key!r}", hint="give --strategies, --datasets and --seeds")
    strategies = _once(_expanded(_choices(parts["strategies"], "strategies"), registry), "strategy")
    return Grid(
        strategies=strategies,
        datasets=_once(_choices(parts["datasets"], "datasets"), "dataset"),
        seeds=parse_seeds(parts["seeds"] if parts["seeds"] is not None else "0"),
        values=given,
        full_data=_full_data(parts["full_data"]),
        launcher={"name": DEFAULT_LAUNCHER, **(parts["launcher"] or {})},
        decided=check_decisions(parts[DECIDED], [choice.label for choice in strategies]),
    )


def parse_choices(text: str) -> tuple[Choice, ...]:
    """Read ``random,strided:block_size=5,interpolator=signed-distance``.

    A comma begins the next component, or, where ``key=value`` follows, the next option of the last one. A value is
    TOML, and plain text where it is none; commas within brackets and quotes belong to the value.

    Raises:
        AlsegError: an option precedes any component, or a part is empty.
    """
    found: list[tuple[str, list[str]]] = []
    for part in _split(text):
        name, colon, first = part.partition(":")
        if "=" in part and not (colon and "=" not in name):
            if not found:
                raise AlsegError(
                    f"{part!r} in {text!r} belongs to no name", hint="write name:option=value,option=value"
                )
            found[-1][1].append(part)
        else:
            found.append((name.strip(), [first.strip()] if colon else []))
    return tuple(_choice(name, options, text) for name, options in found)


def parse_seeds(given: str | int | Sequence[int]) -> tuple[int, ...]:
    """Read seeds: ``"0-2,7"``, one number, or a list of numbers.

    Raises:
        AlsegError: the text is no list of seeds, or names a seed twice.
    """
    seeds: list[int] = []
    for part in str(given).split(",") if isinstance(given, str | int) else [str(seed) for seed in given]:
        match = _SEEDS.fullmatch(part.strip())
        if match is None or (match[2] and int(match[2]) < int(match[1])):
            raise AlsegError(f"{part.strip()!r} is no seed and no range of seeds", hint="write --seeds 0-2 or 0,1,5")
        seeds.extend(range(int(match[1]), int(match[2] or match[1]) + 1))
    twice = sorted({seed for seed in seeds if seeds.count(seed) > 1})
    if twice:
        raise AlsegError(f"the seeds overlap: {', '.join(map(str, twice))} comes twice", hint="name each seed once")
    if not seeds:
        raise AlsegError("the grid has no seeds", hint="write --seeds 0-2")
    return tuple(seeds)


def _split(text: str) -> list[str]:
    parts, depth, quote = [""], 0, ""
    for letter in text:
        if quote:
            quote = "" if letter == quote else quote
        elif letter in "\"'":
            quote = letter
        elif letter in "[{":
            depth += 1
        elif letter in "]}":
            depth -= 1
        elif letter == "," and not depth:
            parts.append("")
            continue
        parts[-1] += letter
    return [part.strip() for part in parts]


def _choice(name: str, options: Sequence[str], text: str) -> Choice:
    if not name:
        raise AlsegError(f"{text!r} has an empty part", hint="separate names by single commas")
    values: dict[str, Any] = {}
    for option in options:
        key, equals, value = (part.strip() for part in option.partition("="))
        if not equals or not key:
            raise AlsegError(f"{option!r} of {name!r} is not of the form option=value")
        if key in values:
            raise AlsegError(f"{name!r} is given the option {key!r} twice")
        values[key] = toml_value(value)
    label = f"{name}:{','.join(options)}" if options else name
    return Choice(name, values, label)


def _choices(given: Any, key: str) -> tuple[Choice, ...]:
    texts = [given] if isinstance(given, str) else list(given or ())
    if not texts or not all(isinstance(text, str) and text.strip() for text in texts):
        raise AlsegError(f"the grid has no {key}", hint=f"--{key} takes names, separated by commas")
    return tuple(choice for text in texts for choice in parse_choices(text))


def _full_data(given: Any) -> Mapping[str, Any] | None:
    if isinstance(given, Mapping):
        return given
    if given in (None, False):
        return None
    if given is True:
        return {}
    raise AlsegError(
        f"full_data is true, false or a section, not {given!r}",
        hint="--full-data, or --set full_data.learner.epochs=20",
    )


def _expanded(choices: tuple[Choice, ...], registry: Registry) -> tuple[Choice, ...]:
    if not any(choice.name == EVERY for choice in choices):
        return choices
    named = tuple(choice for choice in choices if choice.name != EVERY)
    taken = {choice.label for choice in named}
    every = [component.spec for component in registry.components(StrategySpec)]
    free = [spec.name for spec in every if not any(field.is_required() for field in spec.options.model_fields.values())]
    return (*named, *(Choice(name, {}, name) for name in free if name not in taken))


def _once(choices: tuple[Choice, ...], what: str) -> tuple[Choice, ...]:
    labels = [choice.label for choice in choices]
    twice = sorted({label for label in labels if labels.count(label) > 1})
    if twice:
        raise AlsegError(f"the grid names the {what} {twice[0]!r} twice", hint="name each once")
    return choices
