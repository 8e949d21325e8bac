"""The commands of alseg itself, offered as a plugin offers its own. Imported for listings, so nothing heavy here."""

from collections.abc import Iterable

from alcore import CommandSpec, hookimpl

_COMMANDS = {
    "benchmark": "Run strategies x datasets x seeds; go on where it stopped.",
    "completion": "Print the script for shell completion.",
    "config": "Write configuration files.",
    "data": "Convert, list, describe and verify slice stores.",
    "evaluate": "Measure the model of a run on any split or on other files.",
    "plugins": "List, describe, check and start plugins.",
    "predict": "Predict scans and write label maps in their own geometry.",
    "resume": "Go on with a run that was stopped.",
    "run": "Run active learning with one strategy on one dataset.",
    "train": "Train once on all labels: what a learning curve is held against.",
}


@hookimpl
def register_commands() -> Iterable[CommandSpec]:
    """Offer the commands of alseg."""
    for name, summary in _COMMANDS.items():
        yield CommandSpec(name=name, summary=summary, target=f"alseg.commands.{name}:{name}")
