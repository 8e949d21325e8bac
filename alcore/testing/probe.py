"""Run one check so that whatever it raises becomes a finding."""

from collections.abc import Callable

from alcore.testing.findings import Finding


def probe(check: str, run: Callable[[], str], *, expected: str, fix: str) -> Finding:
    """Run one check.

    Args:
        check: what is checked, as a short sentence.
        run: returns what was found instead of ``expected``, or an empty text where all is well.
        expected: what the contract asks for.
        fix: how to mend it.

    Returns:
        The finding; failed, naming the exception, where ``run`` raises.
    """
    try:
        found = run()
    except Exception as error:  # a stranger's component may raise anything at all
        found = f"{type(error).__name__}: {error}"
    return Finding(check, not found, expected, found, fix if found else "")
