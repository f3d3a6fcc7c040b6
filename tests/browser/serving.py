"""Starts the real app on a free port, and ends it."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

ROOT = Path(__file__).parents[2]
SECONDS_TO_START = 40.0


@dataclass(frozen=True)
class Served:
    """A running app: where it answers, and where it writes its log."""

    url: str
    log: Path


@contextmanager
def serving(store: Path, log: Path, person: str | None = None) -> Iterator[Served]:
    """The app as `python -m dashboard run` serves it, until the block ends."""
    port = free_port()
    command = [sys.executable, "-m", "dashboard", "run", "--store", str(store)]
    command += ["--port", str(port)] + (["--person", person] if person else [])
    with running(command, port, log) as served:
        yield served


@contextmanager
def serving_bare(store: Path, log: Path) -> Iterator[Served]:
    """The app as bare `streamlit run` serves it, with nobody said to be here."""
    port = free_port()
    command = [sys.executable, "-m", "streamlit", "run", "streamlit_app.py"]
    command += [f"--server.port={port}"]
    with running(command, port, log, ATTUNED_STORE=str(store)) as served:
        yield served


@contextmanager
def running(command: list[str], port: int, log: Path, **settings: str) -> Iterator[Served]:
    ours = {key: value for key, value in os.environ.items() if not key.startswith("ATTUNED_")}
    with log.open("w", encoding="utf-8") as output:
        # A group of its own, because the app may run as a child of the command.
        process = subprocess.Popen(
            command,
            cwd=ROOT,
            env={**ours, **settings},
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        try:
            served = Served(f"http://localhost:{port}", log)
            wait_until_healthy(served, process)
            yield served
        finally:
            stop(process)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_until_healthy(served: Served, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + SECONDS_TO_START
    while time.monotonic() < deadline and process.poll() is None:
        try:
            if httpx.get(f"{served.url}/_stcore/health", timeout=2).status_code == 200:
                return
        except httpx.TransportError:
            time.sleep(0.1)
    raise AssertionError(f"the app did not start:\n{served.log.read_text('utf-8')}")


def stop(process: subprocess.Popen[bytes]) -> None:
    """End the command and whatever runs under it."""
    if os.name == "nt":
        process.terminate()
    else:
        os.killpg(process.pid, signal.SIGTERM)
    try:
        process.wait(10)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
