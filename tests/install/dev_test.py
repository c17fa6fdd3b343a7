"""`mortise-sdk dev`: what is saved is what the running host does a moment later."""

import contextlib
import json
import queue
import subprocess
import threading
import unittest

from installed import ID, Installed

PATIENCE = 240


class Lines:
    """The lines that a program prints, as they come."""

    def __init__(self, stream):
        self._queue = queue.Queue()
        threading.Thread(target=self._read, args=(stream,), daemon=True).start()

    def _read(self, stream):
        for line in stream:
            self._queue.put(json.loads(line))

    def wait_for(self, *events):
        """Gets the next line that tells of one of these events."""
        while True:
            line = self._queue.get(timeout=PATIENCE)
            if line["event"] in events:
                return line


class Dev(Installed):
    @contextlib.contextmanager
    def developing(self, project):
        command = ["mortise-sdk", "--json", "dev", project, "--data", self.data]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=self.environment) as process:
            try:
                yield Lines(process.stdout)
            finally:
                process.terminate()
                self.assertEqual(process.wait(60), 0)

    def greet(self):
        return self.mortise("call", "lead_score.greet", json.dumps({"contact": self.marie}))["text"]

    def test_reloads_what_is_saved(self):
        project = self.folder / "dev/project"
        self.run_tool("mortise-sdk", "new", ID, project)
        self.data = self.folder / "dev/data"
        self.mortise("init")
        source = project / "src/greeting.cpp"
        before = source.read_text()
        with self.serving(), self.developing(project) as lines:
            self.assertEqual(lines.wait_for("reloaded", "failed")["event"], "reloaded")
            self.marie = self.create_contact(given_name="Marie")
            self.assertEqual(self.greet(), "Hello, Marie")

            source.write_text(before.replace('append(", ")', 'append(", dear ")'))
            self.assertEqual(lines.wait_for("reloaded", "failed")["event"], "reloaded")
            self.assertEqual(self.greet(), "Hello, dear Marie")

            source.write_text(before + "this is no C++\n")
            failed = lines.wait_for("reloaded", "failed")
            self.assertEqual(failed["event"], "failed")
            self.assertIn("greeting.cpp", failed["text"])
            self.assertEqual(self.greet(), "Hello, dear Marie", "the last good one stays")

            manifest = project / "plugin.json"
            source.write_text(before)
            document = json.loads(manifest.read_text())
            document["commands"][0]["title"] = "Greet somebody"
            manifest.write_text(json.dumps(document))
            while self.mortise("commands", "lead_score.greet").get("title") != "Greet somebody":
                lines.wait_for("reloaded")
            self.assertEqual(self.greet(), "Hello, Marie")

    def test_leaves_an_installed_package_alone(self):
        """The host refuses a package whose files are others than those that it verified."""
        project = self.folder / "packed/project"
        package = self.folder / "packed/package.mortise"
        self.run_tool("mortise-sdk", "new", ID, project)
        self.run_tool("cmake", "--workflow", "--preset", "dev", cwd=project)
        self.run_tool("mortise-sdk", "pack", project, "-o", package)
        self.data = self.folder / "packed/data"
        self.mortise("init")
        self.mortise("plugins", "install", package, "--allow-unsigned")
        self.mortise("plugins", "enable", ID)
        with self.serving(), self.developing(project) as lines:
            self.marie = self.create_contact(given_name="Marie")
            failed = lines.wait_for("reloaded", "failed")
            self.assertEqual(failed["event"], "failed")
            self.assertIn("is installed from a package here", failed["text"])
            self.assertIn("mortise plugins remove", failed["text"])
            self.assertEqual(self.greet(), "Hello, Marie", "what was installed still runs")

    def test_says_that_there_is_no_host(self):
        project = self.folder / "alone"
        self.run_tool("mortise-sdk", "new", ID, project)
        command = ["mortise-sdk", "--json", "dev", project, "--data", self.folder / "nowhere"]
        done = subprocess.run(command, capture_output=True, text=True, check=False, env=self.environment)
        self.assertEqual(done.returncode, 5, done.stdout + done.stderr)
        self.assertIn("serve", json.loads(done.stderr)["error"]["hint"])


if __name__ == "__main__":
    unittest.main()
