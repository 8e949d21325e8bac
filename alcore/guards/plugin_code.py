"""Run a plugin's code so that whatever it does is known to be its own."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager

from alcore.errors import AlsegError, plugin_fault
from alcore.guards.process_state import process_state_kept
from alcore.interrupts import ctrl_c_noted

_log = logging.getLogger(__name__)


@contextmanager
def plugin_code(origin: str) -> Iterator[None]:
    """Run a component's code in this block.

    Errors pass through with a note that names the component, so that the traceback says whose it is. What would end the
    process (SystemExit, KeyboardInterrupt that no key caused, any BaseException) becomes the plugin's fault. What the
    code changes for everybody (import path, torch's global state) is set back, and logged as a warning.

    Args:
        origin: the component and its distribution, as :attr:`alcore.registry.Component.full_name` gives it.

    Raises:
        AlsegError: the code tries to end the process.
    """
    with process_state_kept() as undone, ctrl_c_noted() as noted:
        try:
            yield
        except (AlsegError, GeneratorExit):
            raise
        except Exception as error:
            if not hasattr(error, "__notes__"):  # the innermost component counts
                error.add_note(f"raised in {origin}")
            raise
        except BaseException as error:
            if isinstance(error, KeyboardInterrupt) and noted.by_user:
                raise
            raise plugin_fault(origin, f"tried to end alseg by {type(error).__name__}") from error
    if undone:
        _log.warning("%s changed %s; it was set back", origin, " and ".join(undone))
