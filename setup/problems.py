"""What stops a command, and how a command tells what it is doing."""

import sys
import threading
import time
from contextlib import contextmanager

TICK_ON_TERMINAL = 1.0  # seconds between two looks at a running step
TICK_IN_LOG = 30.0
STARTED = "SUITE_STARTED"  # environment variable: when the command began, in seconds since 1970


class Problem(Exception):
    """A reason to stop that a person can act on: one line, with the way out."""


class Stopped(BaseException):
    """Somebody ended the command with SIGTERM or by closing its terminal."""


def say(text):
    """Print a line at once, also when the output is a pipe."""
    print(text, flush=True)


@contextmanager
def step(what):
    """Show a long step: its name when it starts, its seconds while it runs and when it ends."""
    started = time.monotonic()
    over = threading.Event()
    shown = threading.Thread(target=_show_elapsed, args=(what, started, over), daemon=True)
    if not sys.stdout.isatty():
        say(f"  {what} …")
    shown.start()
    word = "stopped after"
    try:
        yield
        word = "done in"
    finally:
        over.set()
        shown.join()
        start = "\r" if sys.stdout.isatty() else ""
        say(f"{start}  {what}: {word} {time.monotonic() - started:.0f} s")


def _show_elapsed(what, started, over):
    terminal = sys.stdout.isatty()
    while not over.wait(TICK_ON_TERMINAL if terminal else TICK_IN_LOG):
        seconds = f"  {what} … {time.monotonic() - started:.0f} s"
        print(f"\r{seconds}" if terminal else seconds, end="" if terminal else "\n", flush=True)
