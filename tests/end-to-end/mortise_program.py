"""Runs the program `mortise` on a data folder of its own, as a user does."""

import contextlib
import json
import pathlib
import subprocess
import tempfile
import time


class Refused(Exception):
    """The program said no; `error` is the object that it printed."""

    def __init__(self, arguments, status, error):
        super().__init__(f"mortise {' '.join(arguments)}: exit status {status}: {json.dumps(error, indent=2)}")
        self.status = status
        self.error = error


class Mortise:
    """A fresh data folder, and the program on it."""

    def __init__(self, program, folder):
        self.program = program
        self.folder = pathlib.Path(folder) / "data"

    def _arguments(self, *arguments):
        return [str(self.program), "--data", str(self.folder), "--json", "--yes", *map(str, arguments)]

    def run(self, *arguments, statuses=(0,)):
        """Runs a verb and gives what it prints, as JSON; None if it prints nothing."""
        done = subprocess.run(self._arguments(*arguments), capture_output=True, text=True, check=False)
        if done.returncode not in statuses:
            raise Refused([*map(str, arguments)], done.returncode, error_of(done.stderr))
        return json.loads(done.stdout) if done.stdout.strip() else None

    def call(self, command, arguments=None):
        return self.run("call", command, json.dumps(arguments or {}))

    def query(self, sql):
        return self.run("query", sql)

    @contextlib.contextmanager
    def serving(self):
        """A host that serves the folder; verbs go through it meanwhile."""
        # The path of a socket is short, and the folder's may be long.
        with tempfile.TemporaryDirectory(prefix="mortise-") as run:
            arguments = self._arguments("serve", "--socket", pathlib.Path(run) / "s")
            with subprocess.Popen(arguments, stdout=subprocess.PIPE, text=True) as host:
                try:
                    host.stdout.readline()  # ready
                    yield host
                finally:
                    host.terminate()
                    host.wait(timeout=30)


def error_of(text):
    """The error object on stderr, or the text if there is none."""
    for line in reversed(text.strip().splitlines()):
        with contextlib.suppress(ValueError):
            return json.loads(line)
    with contextlib.suppress(ValueError):
        return json.loads(text)
    return text


def wait_until(true, seconds=60):
    """Waits until `true()` is, and says whether it became so."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if true():
            return True
        time.sleep(0.2)
    return False
