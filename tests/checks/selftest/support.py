"""Runs a check on a small tree that a test writes down as {path: text}."""

import pathlib
import subprocess
import sys
import tempfile
import unittest

CHECKS = pathlib.Path(__file__).resolve().parent.parent


class CheckTest(unittest.TestCase):
    """A test of one check; sets `check` to its name."""

    check = ""

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = pathlib.Path(folder.name).resolve() / "tree"
        self.root.mkdir()

    def write(self, tree):
        """Writes the files of the tree."""
        for name, text in tree.items():
            path = self.root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")

    def run_check(self, tree, *arguments):
        """Gets the exit status and what the check prints for the tree."""
        self.write(tree)
        command = [sys.executable, CHECKS / f"check_{self.check}.py", self.root, *arguments]
        run = subprocess.run(command, capture_output=True, text=True, check=False)
        self.assertEqual(run.stderr, "", "a check does not fail by an exception")
        return run.returncode, run.stdout

    def assert_accepts(self, tree, *arguments):
        """The check finds nothing."""
        status, text = self.run_check(tree, *arguments)
        self.assertEqual(status, 0, text)

    def assert_refuses(self, tree, words, *arguments):
        """The check finds something and says the words."""
        status, text = self.run_check(tree, *arguments)
        self.assertEqual(status, 1, text)
        self.assertIn(words, text)
