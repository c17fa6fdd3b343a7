"""The plugin that the guides quote, run by the program: it does what they say."""

import contextlib
import json
import os
import pathlib
import re
import shutil
import subprocess
import tempfile
import time
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

    def test_an_error_of_a_view_says_of_whom_and_where(self):
        file = self.data / "plugins" / ID / "1.1.0/plugin.json"
        manifest = json.loads(file.read_text())
        sql = manifest["queries"][0]["sql"]
        sql[1] = sql[1].replace("leadscore_points", "leadscore_pionts", 1)
        file.write_text(json.dumps(manifest))
        error = self.run_program("views", "leadscore.hottest", code=1)["error"]
        for part in ("view leadscore.hottest", ID, "query leadscore.hottest", "no column called leadscore_pionts"):
            self.assertIn(part, error["message"])
        self.assertEqual(error["where"], f"plugin.json of {ID} at /queries/0/sql, line 2, column {sql[1].index('leadscore_pionts') + 1}")
        self.assertEqual(error["hint"], "did you mean leadscore_points?")

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

    @contextlib.contextmanager
    def serving(self):
        command = [os.environ["MORTISE_PROGRAM"], "--data", self.data, "serve"]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as host:
            try:
                self.assertTrue(host.stdout.readline().startswith("ready"))
                yield
            finally:
                host.terminate()
                host.wait(60)

    def what_people_see(self, *arguments):
        command = [os.environ["MORTISE_PROGRAM"], "--data", self.data, *arguments]
        return subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=True).stdout

    def test_tells_how_often_a_permission_was_used(self):
        plugin = self.run_program("plugins", "info", ID)
        uses = plugin["uses"]
        self.assertEqual([use["permission"] for use in uses], ["contacts.read", "opportunities.read"])
        self.assertEqual({(use["count"], use["last"]) for use in uses}, {(0, None)})
        own_fields = ["contact.leadscore_points", "contact.leadscore_temperature"]
        self.assertEqual(plugin["owns"], [*own_fields, "leadscore_note", "leadscore_entry"])
        with self.serving():
            self.record("demo_requested")
            self.wait_for(40)  # its own field of contacts: without contacts.write
            uses = {use["permission"]: use for use in self.run_program("plugins", "info", ID)["uses"]}
            self.assertGreaterEqual(uses["contacts.read"]["count"], 2)
            self.assertRegex(uses["contacts.read"]["last"], r"^20\d\d-")

    def wait_for_subscription(self, is_wanted):
        for _ in range(100):
            score = next(each for each in self.run_program("subscriptions") if each["name"] == "score")
            if is_wanted(score):
                break
            time.sleep(0.2)
        self.assertTrue(is_wanted(score), score)
        return score

    def test_tells_at_which_event_it_fails_and_when_that_is_over(self):
        with self.serving():
            self.run_program("plugins", "revoke", ID, "contacts.read")  # its handler cannot read, and throws
            note = {"contact": self.contact, "reason": "met at the fair", "points": 30}
            self.run_program("records", "leadscore_note", "create", json.dumps(note))
            failing = self.wait_for_subscription(lambda score: score["failing"])["failing"]
            self.assertEqual(failing["type"], "leadscore_note.created")
            self.assertIn("contacts.read", failing["error"])
            self.assertRegex(failing["next"], r"^20\d\d-")
            at = f"at event {failing['event']} (leadscore_note.created), attempt "
            self.assertRegex(self.what_people_see("subscriptions"), f"{ID}/score fails {re.escape(at)}.*next try at 20")
            self.wait_for_subscription(lambda score: score["failing"]["attempts"] > 1)
            self.assertIn(f"fails {at}", " ".join(self.run_program("status")["warnings"]))
            lines = [line for line in self.run_program("plugins", "logs", ID) if line["key"] == "events.failed"]
            self.assertEqual(lines[0]["fields"]["event"], failing["event"])
            self.assertEqual(lines[0]["fields"]["attempt"], 1)
            self.assertIn(f"subscription score failed {at}1: ", lines[0]["message"])
            self.assertIn("; next try at 20", lines[0]["message"])
            self.run_program("plugins", "grant", ID, "contacts.read")
            score = self.wait_for_subscription(lambda score: not score["failing"] and not score["retrying"])
            self.assertNotIn("last_error", score)
            self.assertEqual(self.run_program("contacts", "show", self.contact)["leadscore_points"], 30)
            self.assertNotIn("fails", self.what_people_see("subscriptions"))

    def test_states_have_one_name(self):
        self.run_program("plugins", "disable", ID)
        self.assertIn(f"{ID} 1.1.0: resolved: enabled; ", self.what_people_see("plugins", "enable", ID))
        self.assertRegex(self.what_people_see("plugins", "list"), rf"{ID} +1\.1\.0 +resolved ")
        self.assertIn("state     resolved: ", self.what_people_see("plugins", "info", ID))
        with self.serving():
            self.assertIn(": active: its code runs", self.what_people_see("plugins", "activate", ID))
            self.assertRegex(self.what_people_see("plugins", "list"), rf"{ID} +1\.1\.0 +active ")
        self.assertIn(": verified: ", self.what_people_see("plugins", "disable", ID))
        self.assertRegex(self.what_people_see("plugins", "list"), rf"{ID} +1\.1\.0 +verified ")

    def test_shows_its_scores_in_its_view(self):
        self.assertIn("Nobody has a score yet", self.run_program("views", "leadscore.hottest")["empty"])
        seen = self.what_people_see("views", "leadscore.hottest").splitlines()
        self.assertEqual(
            seen, ["Hottest contacts", "Nobody has a score yet", "button [Cool down now]: mortise call leadscore.cool_down"]
        )
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
