"""Files and folders that programs leave behind and that are no scans."""

_LEFTOVERS = frozenset({"__MACOSX", "@eaDir", "$RECYCLE.BIN", "lost+found"})


def is_hidden(name: str) -> bool:
    """Whether a file or folder of this name is hidden, or made by an operating system beside a user's files."""
    return name.startswith(".") or name in _LEFTOVERS
