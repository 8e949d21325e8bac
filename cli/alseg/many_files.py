"""An option that takes several files: ``--scans a.nii.gz b.nii.gz``, as a shell expands ``--scans *.nii.gz``."""

import click
from click.parser import _OptionParser, _ParsingState


class ManyFiles(click.Option):
    """Takes every word up to the next option; declare it with ``multiple=True``."""

    def add_to_parser(self, parser: _OptionParser, ctx: click.Context) -> None:
        """Add the option, taking more words than one."""
        super().add_to_parser(parser, ctx)
        option = parser._long_opt[self.opts[0]]
        take_one = option.process

        def take_all(value: str, state: _ParsingState) -> None:
            take_one(value, state)
            while state.rargs and not state.rargs[0].startswith("-"):
                take_one(state.rargs.pop(0), state)

        option.process = take_all  # type: ignore[method-assign]
