"""The plugin that the guides quote, run by the program: it does what they say."""

import json
import os
import pathlib
import shutil
import subprocess
import tempfile
import unittest

ID = "com.acme.leadscore"


class LeadScore(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="mortise-docs-")
        self.addCleanup(folder.cleanup)
        self.data = pathlib.Path(folder.name, "data")
        self.run_program("init")
        shutil.copytree(os.environ["MORTISE_PLUGIN"], self.data / "plugins" / ID / "1.1.0")
        self.run_program("plugins", "enable", ID)
        self.contact = self.run_program("contacts", "create", '{"family_name": "Curie"}')["id"]

    def run_program(self, *arguments, code=0):
        command = [os.environ["MORTISE_PROGRAM"], "--data", self.data, "--json", "--yes", *arguments]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        self.assertEqual(done.returncode, code, done.stdout + done.stderr)
        return json.loads(done.stderr if code else done.stdout)

    def record(self, activity):
        return self.run_program("call", "leadscore.record", json.dumps({"contact": self.contact, "activity": activity}))

    def wait_for(self, points):
        """Each run of the program delivers what waits; gets the contact once it has the points."""
        for _ in range(20):
            contact = self.run_program("contacts", "show", self.contact)
            if contact.get("leadscore_points") == points:
                break
        self.assertEqual(contact.get("leadscore_points"), points)
        return contact

    def test_scores_by_events_and_keeps_the_hot(self):
        self.assertEqual(self.record("page_visited"), {"points": 2})
        self.record("demo_requested")
        self.assertEqual(self.wait_for(42)["leadscore_temperature"], "warm")
        note = {"contact": self.contact, "reason": "met at the fair", "points": 30}
        made = self.run_program("records", "leadscore_note", "create", json.dumps(note))
        shown = self.run_program("records", "leadscore_note", "show", made["id"])
        self.assertEqual(shown["weight"], "large")
        self.assertEqual(self.wait_for(72)["leadscore_temperature"], "hot")
        refused = self.run_program("contacts", "delete", self.contact, code=1)
        self.assertIn("leadscore.hot", json.dumps(refused))
        self.run_program("settings", ID, "set", "hot_from", "500")
        self.run_program("contacts", "delete", self.contact)

    def test_counts_an_event_once(self):
        self.record("demo_requested")
        self.wait_for(40)
        self.run_program("events", "replay", f"{ID}/score", "--from", "0")
        self.record("page_visited")
        self.wait_for(42)
        entries = self.run_program("query", "SELECT points FROM leadscore_entry ORDER BY id")
        self.assertEqual([entry["points"] for entry in entries], [40, 2])

    def test_the_page_of_events_has_the_record_types_of_the_host(self):
        page = (pathlib.Path(__file__).resolve().parents[2] / "docs/reference/events.md").read_text()
        section = page.split("## The host\n")[1].split("\n## ")[0]
        types = [each for each in self.run_program("types") if each["owner"] != ID]
        self.assertGreater(len(types), 5)
        for each in types:
            self.assertIn(f"| `{each['name']}` | {each['label']} | `{each['plural']}.read` |", section)

    def test_scores_opportunities_once_there_are_some(self):
        """It does without the plugin that brings them; each run of the program is a restart."""
        self.record("page_visited")
        self.wait_for(2)
        self.run_program("plugins", "enable", "mortise.pipelines")
        self.win_opportunity()
        self.wait_for(42)
        self.run_program("plugins", "disable", ID)
        self.run_program("plugins", "enable", ID)
        self.win_opportunity()
        self.wait_for(82)
        self.assertEqual(self.run_program("plugins", "info", ID)["problems"], [])
        self.run_program("plugins", "revoke", ID, "opportunities.read")
        self.win_opportunity()
        self.record("page_visited")
        self.wait_for(84)
        problem = self.run_program("plugins", "info", ID)["problems"][0]
        self.assertIn("opportunities.read", problem["message"])

    def win_opportunity(self):
        fields = {"name": "500 seats", "contact": self.contact, "amount": "1200 USD"}
        made = self.run_program("call", "pipelines.create_opportunity", json.dumps(fields))
        self.run_program("call", "pipelines.win_opportunity", json.dumps({"opportunity": made["opportunity"]}))

    def test_tells_how_often_a_permission_was_used(self):
        uses = self.run_program("plugins", "info", ID)["uses"]
        self.assertEqual([use["permission"] for use in uses], ["contacts.read", "contacts.write", "opportunities.read"])
        self.assertEqual({(use["count"], use["last"]) for use in uses}, {(0, None)})
        command = [os.environ["MORTISE_PROGRAM"], "--data", self.data, "serve"]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as host:
            try:
                self.assertTrue(host.stdout.readline().startswith("ready"))
                self.record("demo_requested")
                self.wait_for(40)
                uses = {use["permission"]: use for use in self.run_program("plugins", "info", ID)["uses"]}
                self.assertGreaterEqual(uses["contacts.read"]["count"], 2)
                self.assertRegex(uses["contacts.read"]["last"], r"^20\d\d-")
                self.assertEqual(uses["contacts.write"]["count"], 0, "fields of its own need no right")
            finally:
                host.terminate()
                host.wait(60)

    def test_shows_its_scores_in_its_view(self):
        self.assertIn("Nobody has a score yet", self.run_program("views", "leadscore.hottest")["empty"])
        self.record("demo_requested")
        self.wait_for(40)
        view = self.run_program("views", "leadscore.hottest")
        self.assertEqual([column["label"] for column in view["columns"]], ["Name", "Score", "Temperature"])
        self.assertEqual([(row["name"], row["points"]) for row in view["rows"]], [("Curie", 40)])
        self.assertIn({"name": "leadscore.hottest", "kind": "table"},
                      [{key: each[key] for key in ("name", "kind")} for each in self.run_program("views")])  # fmt: skip

    def test_refuses_what_it_does_not_know(self):
        arguments = json.dumps({"contact": self.contact, "activity": "sneezed"})
        self.run_program("call", "leadscore.record", arguments, code=1)
        arguments = json.dumps({"contact": "987654", "activity": "page_visited"})
        self.assertEqual(self.run_program("call", "leadscore.record", arguments, code=1)["error"]["code"], "not_found")
        arguments = json.dumps({"contact": "nobody", "activity": "page_visited"})
        self.assertEqual(self.run_program("call", "leadscore.record", arguments, code=1)["error"]["code"], "invalid")


if __name__ == "__main__":
    unittest.main()
