"""`mortise-sdk dev`: what is saved is what the running host does a moment later."""

import contextlib
import json
import queue
import shutil
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

            document["queries"] = [{
                "name": "lead_score.people", "sql": ["SELECT id, given_nam", "FROM contact ORDER BY id"],
                "columns": [{"name": "id", "kind": "id"}, {"name": "given_nam", "kind": "text"}],
            }]
            document["views"] = [{
                "name": "lead_score.people", "kind": "table", "title": "People", "source": {"query": "lead_score.people"},
                "columns": [{"field": "id"}, {"field": "name"}],
            }]
            manifest.write_text(json.dumps(document, indent=2))
            lines_of_file = manifest.read_text().splitlines()
            found = []
            while len(found) < 2:
                line = lines.wait_for("checked")
                if "line" in line:
                    found.append(line)
            query, view = found
            self.assertEqual((query["what"], query["name"], query["pointer"]), ("query", "lead_score.people", "/queries/0/sql"))
            self.assertIn("given_nam", lines_of_file[query["line"] - 1])
            for part in (f"{manifest}:{query['line']}:", ID, "no column called given_nam", "line 1, column 12", "did you mean given_name?"):
                self.assertIn(part, query["text"])
            self.assertEqual((view["what"], view["pointer"]), ("view", "/views/0/columns/1/field"))
            self.assertIn('"name"', lines_of_file[view["line"] - 1])
            self.assertIn("2 of what it declares", lines.wait_for("reloaded")["text"])

            document["queries"][0]["sql"][0] = "SELECT id, given_name AS given_nam"
            document["views"][0]["columns"].pop()
            manifest.write_text(json.dumps(document, indent=2))
            self.assertNotIn("does not work", lines.wait_for("reloaded")["text"])

            states = {"name": "state", "kind": "enum", "options": ["fresh", "old"]}
            document["types"] = [*document.get("types", []), {"name": "lead_score_note", "fields": [states]}]
            manifest.write_text(json.dumps(document, indent=2))
            lines.wait_for("reloaded")
            self.mortise("records", "lead_score_note", "create", json.dumps({"state": "old"}))
            states["options"] = ["fresh"]
            manifest.write_text(json.dumps(document, indent=2))
            found = lines.wait_for("checked")
            while "line" not in found:
                found = lines.wait_for("checked")
            self.assertEqual((found["what"], found["name"]), ("field", "lead_score_note.state"))
            self.assertIn('"fresh"', "".join(manifest.read_text().splitlines()[found["line"] - 1:][:3]))
            self.assertIn('1 of lead_score_notes has "old"', found["text"])

        # Copied with its build folder, which would go on building the project that it was made for.
        copy = self.folder / "dev/copy"
        shutil.copytree(project, copy)
        source.unlink()
        source = copy / "src/greeting.cpp"
        source.write_text(before.replace('append(", ")', 'append(", copied ")'))
        with self.serving(), self.developing(copy) as lines:
            self.assertIn("configured anew", [lines.wait_for("building")["text"] for _ in range(2)][1])
            self.assertEqual(lines.wait_for("reloaded", "failed")["event"], "reloaded")
            self.assertEqual(self.greet(), "Hello, copied Marie")
            source.write_text(before)
            self.assertEqual(lines.wait_for("reloaded", "failed")["event"], "reloaded")
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
