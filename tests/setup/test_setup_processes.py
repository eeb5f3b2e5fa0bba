"""Programs are stopped with all that they started, and say in one line why they failed."""

import os
import signal
import socket
import subprocess
import sys
import time

import pytest

from setup import processes
from setup.problems import Problem
from setup.settings import CHECKOUT

PARENT = """import subprocess, sys
print(subprocess.Popen(['sleep', '600']).pid, flush=True)
sys.stdin.read()"""


def is_alive(pid):
    """Whether the process runs; one that ended but was not waited for does not."""
    try:
        with open(f"/proc/{pid}/stat") as file:
            return file.read().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def wait_until_gone(pid):
    for _ in range(100):
        if not is_alive(pid):
            return True
        time.sleep(0.05)
    return False


def test_what_a_program_started_ends_with_it():
    argv = [sys.executable, "-c", PARENT]
    with processes.kept(
        argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    ) as parent:
        child = int(parent.stdout.readline())
        assert is_alive(child)
    assert wait_until_gone(parent.pid)
    assert wait_until_gone(child)


def test_a_program_that_ignores_the_request_is_killed(monkeypatch):
    monkeypatch.setattr(processes, "PATIENCE", 0.2)
    deaf = """import signal, time
signal.signal(signal.SIGINT, signal.SIG_IGN)
print(1, flush=True)
time.sleep(600)"""
    with processes.kept([sys.executable, "-c", deaf], stdout=subprocess.PIPE) as process:
        process.stdout.readline()
    assert process.returncode == -signal.SIGKILL


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_stopped_command_stops_its_programs(number):
    script = (
        "import sys\nfrom setup import __main__ as words\nfrom setup.processes import kept\n"
        "def job(_chosen):\n"
        "    with kept(['sleep', '600']) as process:\n"
        "        print(process.pid, flush=True)\n"
        "        process.wait()\n"
        "words.WORDS['demo'] = job\n"
        "sys.exit(words.command(['demo']))\n"
    )
    command = subprocess.Popen(
        [sys.executable, "-c", script], cwd=CHECKOUT, stdout=subprocess.PIPE
    )
    child = int(command.stdout.readline())
    command.send_signal(number)
    assert command.wait(20) == 128 + number
    assert wait_until_gone(child)


def test_a_failure_names_the_telling_line_and_the_log(tmp_path):
    script = "import sys; print('begin'); print('E: it broke'); print('end'); sys.exit(3)"
    with pytest.raises(processes.Failed, match="^apt failed: E: it broke .*log"):
        processes.run([sys.executable, "-c", script], "apt", tmp_path / "log")


def test_a_port_in_use_is_refused_with_the_option_that_chooses_another():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(Problem, match=f"Port {port} is already in use: .* MAIL_PORT="):
            processes.need_port(port, "MAIL_PORT")
    processes.need_port(port, "MAIL_PORT")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may listen anywhere")
def test_a_port_of_root_is_refused():
    with open("/proc/sys/net/ipv4/ip_unprivileged_port_start") as file:
        if int(file.read()) <= 80:
            pytest.skip("this machine lets everybody listen there")
    with pytest.raises(Problem, match="above 1023 with PORT="):
        processes.need_port(80, "PORT")


def test_a_free_port_can_be_taken():
    processes.need_port(processes.free_port(), "PORT")
