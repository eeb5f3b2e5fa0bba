"""Child processes: run to their end, or kept for a while and stopped with their children."""

import errno
import os
import signal
import socket
import subprocess
from collections import deque
from contextlib import contextmanager, suppress

from .problems import Problem

PATIENCE = 15  # seconds that a process gets to end by itself before it is killed


class Failed(Problem):
    """A program ended with an error; `lines` are the last ones that it printed."""

    def __init__(self, what, log, lines):
        self.what, self.log, self.lines = what, log, lines
        super().__init__(f"{what} failed: {last_error(lines)} (the whole log: {log})")


def run(argv, what, log, **options):
    """Run a program to its end; what it prints goes to the file `log`."""
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("ab") as output:
        start = output.tell()
        with kept(argv, stdout=output, stderr=subprocess.STDOUT, **options) as process:
            code = process.wait()
    if code:
        _refuse(what, log, start)


def _refuse(what, log, start):
    with log.open(errors="replace") as file:
        file.seek(start)
        lines = deque((line.strip() for line in file if line.strip()), maxlen=200)
    if any(os.strerror(errno.ENOSPC) in line for line in lines):
        raise Problem(
            f"The disk is full: {what} could not finish. Free some space and start again."
        )
    raise Failed(what, log, list(lines))


def last_error(lines):
    """The line that most likely tells the reason."""
    telling = [
        line for line in lines if line.startswith(("E:", "ERROR", "FATAL")) or "Error" in line
    ]
    return (telling or lines or ["it printed nothing"])[-1]


@contextmanager
def kept(argv, **options):
    """Keep a program running while the block runs, then stop it and all that it started.

    The program leads a session of its own, so that nothing it started survives it and Ctrl-C
    reaches only this process, which then stops the others in order.
    """
    options = {"stdin": subprocess.DEVNULL, "start_new_session": True, **options}
    process = subprocess.Popen([str(part) for part in argv], **options)
    try:
        yield process
    finally:
        _stop(process)


def _stop(process):
    if process.poll() is None:
        process.send_signal(signal.SIGINT)
        with suppress(subprocess.TimeoutExpired):
            process.wait(PATIENCE)
    # no such group: it and its children are gone, or it never led one
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    process.kill()
    process.wait()


def free_port():
    """A TCP port of the loopback that nobody uses at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def need_port(port, name, interface="127.0.0.1"):
    """Refuse when the port is taken; `name` is the option that chooses another one."""
    family = socket.AF_INET6 if ":" in interface else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((interface, port))
        except PermissionError:
            raise Problem(f"Port {port} needs root: choose one above 1023 with {name}=…") from None
        except OSError as error:
            if error.errno != errno.EADDRINUSE:
                raise Problem(f"Cannot listen on {interface}:{port}: {error.strerror}.") from None
            raise Problem(
                f"Port {port} is already in use: stop what listens there,"
                f" or choose another with {name}=…"
            ) from None
