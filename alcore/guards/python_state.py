"""Python's state that everybody in a process shares: read, and set back where it has changed."""

import gc
import locale
import os
import signal
import sys
import warnings
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Shared:
    """A part of the state.

    Attributes:
        read: what it is now, as a value that can be compared; called twice for every call of a plugin.
        set_back: sets it to an earlier value, which is another one than now, and says what that was; returns nothing
            where the change is one that libraries make for themselves, which stays.
    """

    read: Callable[[], Any]
    set_back: Callable[[Any], str]


PLUGIN_PACKAGES: set[str] = set()
"""Top-level packages whose code is a plugin's, as they are imported."""

_SIGNALS = [getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP", "SIGALRM") if hasattr(signal, name)]

_NUMPY_ERRORS = {"divide": "warn", "over": "warn", "under": "ignore", "invalid": "warn"}
"""What NumPy begins with."""


def _put_path(before: list[str]) -> str:
    sys.path[:] = before
    return "the import path"


def _folder() -> str | None:
    with suppress(OSError):  # it was removed
        return os.getcwd()  # noqa: PTH109  # a tenth of what pathlib takes
    return None


def _put_folder(before: str | None) -> str:
    if before is None:
        return ""
    os.chdir(before)
    return "the working directory"


def _put_locale(before: str) -> str:
    locale.setlocale(locale.LC_ALL, before)
    return "the locale"


def _handlers() -> list[Any]:
    return [signal.getsignal(number) for number in _SIGNALS]


def _put_handlers(before: list[Any]) -> str:
    changed = [
        (number, handler)
        for number, handler, now in zip(_SIGNALS, before, _handlers(), strict=True)
        if handler is not None and handler != now  # one that is not Python's own cannot be set back
    ]
    for number, handler in changed:
        signal.signal(number, handler)
    return f"the handlers of {', '.join(number.name for number, _ in changed)}" if changed else ""


def _environment() -> dict[Any, Any]:
    # Two hundred times as fast as to decode every variable, which dict(os.environ) does.
    return os.environ._data.copy()  # type: ignore[attr-defined, no-any-return]


def _put_environment(before: dict[Any, Any]) -> str:
    was = {os.environ.decodekey(name): os.environ.decodevalue(value) for name, value in before.items()}
    changed = [name for name in was if os.environ.get(name) != was[name]]
    changed += [name for name in os.environ if name.startswith("ALSEG_") and name not in was]
    for name in changed:
        if name in was:
            os.environ[name] = was[name]
        else:
            del os.environ[name]
    return f"the environment ({', '.join(sorted(changed))})" if changed else ""


def _put_filters(before: list[Any]) -> str:
    kept = [each for each in warnings.filters if each in before]
    own = [each for each in warnings.filters if each not in before and not _concerns_everybody(each)]
    if kept == before and len(kept) + len(own) == len(warnings.filters):
        return ""
    warnings.filters[:] = own + before  # type: ignore[index]
    with warnings.catch_warnings():
        pass  # on leaving it, Python forgets what it remembers of the filters
    return "the filters of warnings"


def _concerns_everybody(warning_filter: tuple[Any, ...]) -> bool:
    _action, message, category, module, _line = warning_filter
    return message is None and module is None and category.__module__ == "builtins"


def _put_finders(before: list[Any]) -> str:
    kept = [each for each in sys.meta_path if each in before]
    own = [each for each in sys.meta_path if each not in before and _is_a_librarys(each)]
    if kept == before and len(kept) + len(own) == len(sys.meta_path):
        return ""
    sys.meta_path[:] = own + before
    return "the import system (sys.meta_path)"


def _is_a_librarys(finder: Any) -> bool:
    module = getattr(finder if isinstance(finder, type) else type(finder), "__module__", "")
    return module in sys.modules and module.partition(".")[0] not in PLUGIN_PACKAGES


def _numpy_errors() -> dict[str, str]:
    errors: dict[str, str] = numpy.geterr() if (numpy := sys.modules.get("numpy")) else _NUMPY_ERRORS
    return errors


def _put_numpy_errors(before: dict[str, str]) -> str:
    sys.modules["numpy"].seterr(**before)
    return "NumPy's answer to floating-point errors"


def _put_collection(before: bool) -> str:
    (gc.enable if before else gc.disable)()
    return "garbage collection"


SHARED = (
    Shared(lambda: list(sys.path), _put_path),
    Shared(lambda: list(sys.meta_path), _put_finders),
    Shared(_folder, _put_folder),
    Shared(lambda: locale.setlocale(locale.LC_ALL), _put_locale),
    Shared(_handlers, _put_handlers),
    Shared(_environment, _put_environment),
    Shared(lambda: list(warnings.filters), _put_filters),
    Shared(_numpy_errors, _put_numpy_errors),
    Shared(gc.isenabled, _put_collection),
)
"""Import path, import system, working directory, locale, signal handlers, environment variables that were there or are
alseg's own, filters that silence or raise every warning, NumPy's errors and garbage collection. Can be read and set on
the main thread alone. What libraries set up for themselves stays: variables that they add, filters of their own
warnings, and their finders of modules."""
