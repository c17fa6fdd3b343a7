"""What the example of the guides did, in the binary of its release, with the program of that release.

build.sh keeps a copy beside the binary; every later program runs that copy. It speaks of what the plugin does, not of how the
program words its messages.
"""

import json
import os
import pathlib
import shutil
import subprocess
import tempfile
import time
import unittest

ID = "com.acme.leadscore"


class LeadScore(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="mortise-golden-")
        self.addCleanup(folder.cleanup)
        self.data = pathlib.Path(folder.name, "data")
        self.mortise("init")
        shutil.copytree(os.environ["MORTISE_PLUGIN"], self.data / "plugins" / ID / "1.1.0")
        self.mortise("plugins", "enable", ID)
        self.contact = self.mortise("contacts", "create", '{"family_name": "Curie"}')["id"]

    def mortise(self, *arguments, code=0):
        command = [os.environ["MORTISE_PROGRAM"], "--data", self.data, "--json", "--yes", *arguments]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        self.assertEqual(done.returncode, code, done.stdout + done.stderr)
        return json.loads(done.stderr if code else done.stdout)

    def record(self, activity):
        return self.mortise("call", "leadscore.record", json.dumps({"contact": self.contact, "activity": activity}))

    def wait_for(self, points):
        """Each run of the program delivers what waits; gets the contact once it has the points."""
        for _ in range(20):
            contact = self.mortise("contacts", "show", self.contact)
            if contact.get("leadscore_points") == points:
                break
        self.assertEqual(contact.get("leadscore_points"), points)
        return contact

    def test_a_command_publishes_and_a_handler_scores(self):
        self.assertEqual(self.record("page_visited"), {"points": 2})
        self.record("demo_requested")
        self.assertEqual(self.wait_for(42)["leadscore_temperature"], "warm")

    def test_hooks_amend_and_refuse(self):
        note = {"contact": self.contact, "reason": "met at the fair", "points": 60}
        made = self.mortise("records", "leadscore_note", "create", json.dumps(note))
        self.assertEqual(self.mortise("records", "leadscore_note", "show", made["id"])["weight"], "large")
        self.assertEqual(self.wait_for(60)["leadscore_temperature"], "hot")
        self.assertIn("leadscore.hot", json.dumps(self.mortise("contacts", "delete", self.contact, code=1)))
        self.mortise("settings", ID, "set", "hot_from", "500")
        self.mortise("contacts", "delete", self.contact)

    def test_an_event_that_comes_again_counts_once(self):
        self.record("demo_requested")
        self.wait_for(40)
        self.mortise("events", "replay", f"{ID}/score", "--from", "0")
        self.record("page_visited")
        self.wait_for(42)
        entries = self.mortise("query", "SELECT points FROM leadscore_entry ORDER BY id")
        self.assertEqual([entry["points"] for entry in entries], [40, 2])

    def test_a_query_fills_its_view(self):
        self.record("demo_requested")
        self.wait_for(40)
        rows = self.mortise("views", "leadscore.hottest")["rows"]
        self.assertEqual([(row["name"], row["points"], row["temperature"]) for row in rows], [("Curie", 40, "warm")])

    def test_a_job_cools_down(self):
        self.record("demo_requested")
        self.wait_for(40)
        command = [os.environ["MORTISE_PROGRAM"], "--data", self.data, "serve"]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as host:
            try:
                self.assertTrue(host.stdout.readline().startswith("ready"))
                self.mortise("call", "leadscore.cool_down")
                end = time.monotonic() + 60
                while (job := self.mortise("jobs", "list")[0])["state"] != "done" and time.monotonic() < end:
                    time.sleep(0.05)
                self.assertEqual(job["state"], "done", job)
                self.assertLess(self.mortise("contacts", "show", self.contact)["leadscore_points"], 40)
            finally:
                host.terminate()
                host.wait(60)

    def test_it_goes_on_after_a_reload(self):
        self.record("page_visited")
        self.wait_for(2)
        self.mortise("plugins", "reload", ID)
        self.record("page_visited")
        self.wait_for(4)


if __name__ == "__main__":
    unittest.main()
