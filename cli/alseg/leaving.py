"""End the process though a plugin has left a thread behind."""

import os
import sys
import threading

from alseg.output import echo


def leave(status: int | str | None) -> None:
    """End with ``status``: threads get the time that a plugin is allowed, then they are named and left behind."""
    left = _left()
    if left:
        from alcore.registry import seconds_allowed

        for thread in left:
            thread.join(seconds_allowed() / len(left))
    for thread in (stuck := [thread for thread in left if thread.is_alive()]):
        echo(f"warning: a thread still runs and is left behind: {_described(thread)}", err=True)
    if stuck:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(status if isinstance(status, int) else bool(status))
    sys.exit(status)


def _left() -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread is not threading.main_thread() and not thread.daemon]


def _described(thread: threading.Thread) -> str:
    """Its name, and the plugin that its code belongs to."""
    from alseg.failures import plugin_of

    frame = sys._current_frames().get(thread.ident or 0)
    origin = ""
    while frame is not None and not origin:
        origin, frame = plugin_of(frame), frame.f_back
    return f"{thread.name!r}" + (f", started by the plugin {origin}" if origin else "")
