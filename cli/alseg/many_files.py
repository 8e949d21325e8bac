"""Options that take several files: ``--scans a.nii.gz b.nii.gz``, as a shell expands ``--scans *.nii.gz``."""

from collections.abc import Collection, Iterator, Sequence

import click


class ManyFilesCommand(click.Command):
    """A command whose options declared with ``multiple=True`` take every word up to the next option."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Parse ``args`` as if each word had the option before it."""
        options = [name for option in self.params if getattr(option, "multiple", False) for name in option.opts]
        return super().parse_args(ctx, list(one_word_each(args, options)))


def one_word_each(args: Sequence[str], options: Collection[str]) -> Iterator[str]:
    """The words of a command line in which each of ``options`` comes again before every further word that it takes."""
    option, has_word = "", False
    for place, word in enumerate(args):
        if word == "--":  # whatever follows is no option
            yield from args[place:]
            return
        name, equals, _ = word.partition("=")
        if option and not (has_word and word.startswith("-")):
            if has_word:
                yield option
            has_word = True
        elif name in options:
            option, has_word = name, bool(equals)
        else:
            option = ""
        yield word
