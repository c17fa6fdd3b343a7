"""What a vendor does with the installed SDK alone: makes a project of each kind, builds and tests it, packs it, and has
the installed program run it."""

import json
import os
import pathlib
import re
import shutil
import subprocess
import tempfile
import unittest

from support import BUILD, run

ID = "com.acme.lead-score"
# How the template's own name is spelled; none of it may be left.
LEFT_OVER = re.compile(r"my[-_ ]?plugin|example[. ]vendor|com\.example|\(c\) 1970", re.I)


class Templates(unittest.TestCase):
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

    def made(self, kind, language="cpp"):
        """Makes a project, builds it and runs its tests, packs it, and has a fresh data folder take it in."""
        project = self.folder / f"{kind}-{language}" / "project"
        self.run_tool("mortise-sdk", "new", ID, "--kind", kind, "--lang", language, project)
        self.check_names(project)
        tested = self.run_tool("cmake", "--workflow", "--preset", "dev", cwd=project)
        self.assertIn("100% tests passed", tested)
        self.data = project.parent / "data"
        self.mortise("init")
        self.take_in(project)
        self.mortise("plugins", "enable", ID)
        return project

    def check_names(self, project):
        for path in project.rglob("*"):
            self.assertIsNone(LEFT_OVER.search(path.name), path)
            if path.is_file():
                left = LEFT_OVER.search(path.read_text())
                self.assertIsNone(left, f"{path}: {left and left.group()}")

    def take_in(self, project):
        """Packs the built plugin and puts it into the data folder."""
        package = project / "build" / "packed.mortise"
        packed = json.loads(self.run_tool("mortise-sdk", "--json", "pack", project, "-o", package))
        verified = json.loads(self.run_tool("mortise-sdk", "--json", "verify", package))
        self.assertEqual((verified["id"], verified["version"]), (ID, packed["version"]))
        built = project / "build/dev/lib/mortise/plugins" / ID
        version = json.loads((built / "plugin.json").read_text())["version"]
        shutil.copytree(built, self.data / "plugins" / ID / version)

    def mortise(self, *arguments):
        """Gets the JSON that `mortise` prints."""
        printed = self.run_tool("mortise", "--data", self.data, "--json", "--yes", *arguments)
        return json.loads(printed) if printed.strip() else None

    def refused(self, *arguments):
        """Gets the error with which `mortise` refuses."""
        command = ["mortise", "--data", self.data, "--json", "--yes", *arguments]
        done = subprocess.run(command, capture_output=True, text=True, check=False, env=self.environment)
        self.assertEqual(done.returncode, 1, done.stdout + done.stderr)
        return json.loads(done.stderr)["error"]

    def create_contact(self, **values):
        return self.mortise("contacts", "create", json.dumps({"kind": "person", **values}))["id"]

    def events(self, kind):
        """Gets the events of a type, once there are some: each run of the program delivers what waits."""
        for _ in range(20):
            if found := self.mortise("events", "list", "--type", kind):
                return found
        return []

    def test_basic(self):
        self.made("basic")
        self.greets()

    def test_basic_in_c(self):
        self.made("basic", "c")
        self.greets()

    def greets(self):
        marie = self.create_contact(given_name="Marie", family_name="Curie")
        self.assertEqual(self.mortise("call", "lead_score.greet", json.dumps({"contact": marie})), {"text": "Hello, Marie Curie"})
        greeted = self.events("lead_score.greeted")
        self.assertEqual([(event["subject"], event["data"]["text"]) for event in greeted], [(marie, "Hello, Marie Curie")])
        self.mortise("settings", ID, "set", "email_required", "true")
        error = self.refused("contacts", "create", '{"kind": "person", "family_name": "Nobody"}')
        self.assertIn("lead_score.email_needed", json.dumps(error))


if __name__ == "__main__":
    unittest.main()
