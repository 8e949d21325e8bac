"""The one way in which lines of text are broken: between words, and never within a path, an address or a name."""

import textwrap


def wrapped(text: str, width: int, *, indent: str = "") -> str:
    """``text`` with lines of at most ``width`` characters; a longer word has a line of its own.

    Args:
        text: what is broken; line ends in it stay.
        width: of a line, in characters.
        indent: what every line but the first begins with.
    """
    wrapper = textwrap.TextWrapper(
        max(width, 1),
        subsequent_indent=indent,
        replace_whitespace=False,
        break_long_words=False,
        break_on_hyphens=False,
    )
    return "\n".join(map(wrapper.fill, text.split("\n")))


def folded(label: str, width: int) -> str:
    """A label such as ``strided:block_size=5,interpolator=none`` over lines that end in a comma, nothing added.

    Args:
        label: the label.
        width: of a line; a part between commas that is longer has a line of its own.
    """
    lines = [""]
    for part in _parts(label):
        if lines[-1] and len(lines[-1]) + len(part.rstrip()) > width:
            lines.append("")
        lines[-1] += part if lines[-1] else part.lstrip()
    return "\n".join(line.rstrip() for line in lines)


def longest_part(label: str) -> int:
    """Characters of the longest part of a label that :func:`folded` does not break."""
    return max((len(part.strip()) for part in _parts(label)), default=0)


def _parts(label: str) -> list[str]:
    """What lies between places where a label may be broken: behind commas, and behind spaces."""
    parts, start = [], 0
    for place, character in enumerate(label, start=1):
        if character in ", " and not label[place : place + 1].isspace():
            parts.append(label[start:place])
            start = place
    return [part for part in (*parts, label[start:]) if part]
