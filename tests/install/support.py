"""Where source and build are, and how the tests of this folder run commands.

Reads the environment: MORTISE_SOURCE, MORTISE_BUILD; prefix_test.py also MORTISE_COMPILER.
"""

import os
import pathlib
import subprocess
import unittest

SOURCE = pathlib.Path(os.environ["MORTISE_SOURCE"])
BUILD = pathlib.Path(os.environ["MORTISE_BUILD"])

needs_program = unittest.skipUnless((SOURCE / "host/app/CMakeLists.txt").exists(), "this tree has no program yet")


def run(*command, **options):
    """Gets what a command prints; when it fails, its whole output is the message."""
    done = subprocess.run(command, capture_output=True, text=True, check=False, **options)
    if done.returncode:
        raise AssertionError(f"{' '.join(map(str, command))}\nexit {done.returncode}\n{done.stdout}{done.stderr}")
    return done.stdout
