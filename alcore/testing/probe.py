"""Run one check so that whatever it raises becomes a finding."""

import traceback
from collections.abc import Callable

from alcore.errors import AlsegError
from alcore.guards.plugin_code import plugin_code
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
        with plugin_code("it"):
            found = run()
    except AlsegError as error:
        found = f"{type(error).__name__}: {error.message}"
    except Exception as error:  # a stranger's component may raise anything at all
        found = traceback.format_exception_only(error)[0].strip()
    return Finding(check, not found, expected, found, fix if found else "")
