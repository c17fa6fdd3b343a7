"""What a vendor has: the installed platform and SDK, and no source."""

import contextlib
import json
import os
import pathlib
import shutil
import subprocess
import tempfile
import unittest

from support import BUILD, run

ID = "com.acme.lead-score"


class Installed(unittest.TestCase):
    """Has a fresh prefix with program, plugins and SDK, and runs what is there with nothing else."""

    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory(prefix="mortise-templates-")
        cls.addClassCleanup(folder.cleanup)
        cls.folder = pathlib.Path(folder.name)
        cls.prefix = cls.folder / "prefix"
        for component in ("runtime", "plugins", "sdk"):
            run("cmake", "--install", BUILD, "--prefix", cls.prefix, "--component", component)
        cls.environment = {
            "PATH": f"{cls.prefix}/bin:/usr/bin:/bin",
            "HOME": str(cls.folder),
            "LC_ALL": "C.UTF-8",
            "CMAKE_BUILD_PARALLEL_LEVEL": "2",
            **{name: os.environ[name] for name in ("CCACHE_DIR",) if name in os.environ},
        }
        if ccache := shutil.which("ccache"):
            cls.environment |= {"CMAKE_CXX_COMPILER_LAUNCHER": ccache, "CMAKE_C_COMPILER_LAUNCHER": ccache}

    def run_tool(self, *command, **options):
        """Runs a command with what is installed and nothing else."""
        return run(*command, env=self.environment, **options)

    def mortise(self, *arguments):
        """Gets the JSON that `mortise` prints."""
        printed = self.run_tool("mortise", "--data", self.data, "--json", "--yes", *arguments)
        return json.loads(printed) if printed.strip() else None

    def create_contact(self, **values):
        return self.mortise("contacts", "create", json.dumps({"kind": "person", **values}))["id"]

    @contextlib.contextmanager
    def serving(self):
        """Has `mortise serve` serve the data folder."""
        command = ["mortise", "--data", self.data, "serve"]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=self.environment) as process:
            try:
                self.assertTrue(process.stdout.readline().startswith("ready"))
                yield
            finally:
                process.terminate()
                process.wait(60)
