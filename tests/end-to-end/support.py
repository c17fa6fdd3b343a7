"""Runs the program `mortise` the way people and scripts do."""

import json
import os
import pathlib
import select
import signal
import subprocess
import sys
import tempfile
import unittest

PROGRAM = os.environ.get("MORTISE_PROGRAM", "mortise")
PATIENCE = 120
# Every plugin runs in a process of its own: the same tests must hold.
ISOLATED = "MORTISE_TEST_ISOLATED" in os.environ


class Answer:
    """What one run of the program gave."""

    def __init__(self, done):
        self.code = done.returncode
        self.out = done.stdout
        self.err = done.stderr

    def json(self):
        return json.loads(self.out)

    def error(self):
        return json.loads(self.err)["error"]


class Folder:
    """A data folder of its own, made and removed with the test."""

    def __init__(self, initialise=True):
        self._temporary = tempfile.TemporaryDirectory(prefix="mortise-e2e-")
        self.root = pathlib.Path(self._temporary.name)
        self.data = self.root / "data"
        if initialise:
            answer = self.run("init")
            assert answer.code == 0, answer.err

    def close(self):
        self._temporary.cleanup()

    def run(self, *arguments, input=None, data=True):
        words = [str(a) for a in arguments if not str(a).startswith("--")]
        if ISOLATED and words[:2] == ["plugins", "enable"]:
            self._run("plugins", "isolate", words[2])
        return self._run(*arguments, input=input, data=data)

    def _run(self, *arguments, input=None, data=True):
        command = [PROGRAM] + (["--data", str(self.data)] if data else []) + [str(a) for a in arguments]
        return Answer(
            subprocess.run(command, input=input, capture_output=True, text=True, timeout=PATIENCE, check=False)
        )

    def json(self, *arguments, input=None):
        """Runs a verb with --json that must succeed, and reads its one document."""
        answer = self.run("--json", *arguments, input=input)
        assert answer.code == 0, f"{answer.code} {answer.err} {arguments}"
        return answer.json()

    def write(self, name, text):
        path = self.root / name
        path.write_text(text, encoding="utf-8")
        return path


class Serving:
    """`mortise serve` over a folder, ready when this is entered."""

    def __init__(self, folder, *arguments, environment=None):
        self.folder = folder
        self.arguments = [str(a) for a in arguments]
        self.environment = {**os.environ, **(environment or {})}

    def __enter__(self):
        self.process = subprocess.Popen(
            [PROGRAM, "--data", str(self.folder.data), "serve", *self.arguments],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=self.environment,
        )
        ready, _, _ = select.select([self.process.stdout], [], [], PATIENCE)
        self.ready_line = self.process.stdout.readline() if ready else ""
        if not self.ready_line.startswith("ready"):
            self.process.kill()
            raise AssertionError("the host did not come up: " + self.process.communicate()[1])
        return self

    def stop(self, how=signal.SIGTERM):
        self.process.send_signal(how)
        _, self.stderr = self.process.communicate(timeout=PATIENCE)
        return self.process.returncode

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.stop()


class FolderTest(unittest.TestCase):
    """A test with a data folder."""

    initialise = True

    def setUp(self):
        self.folder = Folder(self.initialise)
        self.addCleanup(self.folder.close)


def main():
    """Runs the classes that the arguments name, or all. Ends with 77, which ctest shows as skipped, when every test was."""
    result = unittest.main(argv=sys.argv, verbosity=2, exit=False).result
    if result.wasSuccessful() and result.testsRun == len(result.skipped):
        sys.exit(77)
    sys.exit(not result.wasSuccessful())
