"""The strategy that the others are held against."""

from collections.abc import Mapping
from difflib import get_close_matches

from alcore import AlsegError
from alseg_results.labels import STRATEGY
from alseg_results.runs import RunSet

USUAL = "random"


def choose_control(found: RunSet, asked: str | None = None) -> str | None:
    """The label of the control: the one asked for, else the one ``random`` strategy where strategies are compared.

    Raises:
        AlsegError: no run has the label asked for.
    """
    if asked is not None:
        if asked not in found.labels:
            near = get_close_matches(asked, found.labels, n=1)
            hint = f"did you mean {near[0]!r}?" if near else f"there are: {', '.join(found.labels)}"
            raise AlsegError(f"the control {asked!r} is not among the {found.compared}", hint=hint)
        return asked
    if found.by != STRATEGY:
        return None
    usual = {run.label for run in found.runs if _name(run.config) == USUAL and "replay" not in run.config}
    return usual.pop() if len(usual) == 1 else None


def _name(config: Mapping[str, object]) -> object:
    section = config.get(STRATEGY)
    return section.get("name") if isinstance(section, Mapping) else None
