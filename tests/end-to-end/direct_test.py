"""Verbs on a folder that no host serves."""

import csv
import json
import os
import stat

from support import Folder, FolderTest, main


class Init(FolderTest):
    initialise = False

    def test_makes_a_folder_for_its_user_alone(self):
        answer = self.folder.run("init")
        self.assertEqual(answer.code, 0, answer.err)
        self.assertEqual(stat.S_IMODE(self.folder.data.stat().st_mode), 0o700)
        for part in ("mortise.db", "blobs", "plugins", "lease"):
            self.assertTrue((self.folder.data / part).exists(), part)

    def test_refuses_a_folder_with_something_in_it(self):
        self.folder.data.mkdir()
        (self.folder.data / "precious").write_text("x")
        answer = self.folder.run("--json", "init")
        self.assertEqual(answer.code, 1)
        self.assertEqual(answer.out, "")
        self.assertEqual(answer.error()["code"], "exists")
        self.assertEqual([p.name for p in self.folder.data.iterdir()], ["precious"])

    def test_takes_the_folder_from_the_environment(self):
        os.environ["MORTISE_DATA"] = str(self.folder.data)
        self.addCleanup(os.environ.pop, "MORTISE_DATA")
        self.assertEqual(self.folder.run("init", data=False).code, 0)
        self.assertTrue((self.folder.data / "mortise.db").exists())

    def test_other_verbs_say_that_there_is_no_data(self):
        answer = self.folder.run("status")
        self.assertEqual(answer.code, 1)
        self.assertIn("init", answer.err)
        self.assertFalse(self.folder.data.exists())


class Demo(FolderTest):
    initialise = False

    def test_fills_a_fresh_folder_and_no_other(self):
        made = self.folder.json("demo")
        self.assertEqual((made["organisations"], made["people"]), (200, 1000))
        kinds = self.folder.json("query", "SELECT kind, count(*) AS n FROM contact GROUP BY kind ORDER BY kind")
        self.assertEqual(kinds, [{"kind": "organisation", "n": 200}, {"kind": "person", "n": 1000}])
        homeless = "SELECT count(*) AS n FROM contact WHERE kind = 'person' AND organisation IS NULL"
        self.assertEqual(self.folder.json("query", homeless), [{"n": 0}])
        again = self.folder.run("--json", "demo")
        self.assertEqual(again.code, 1)
        self.assertEqual(again.error()["code"], "refused")


class Usage(FolderTest):
    initialise = False

    def test_names_the_verb_that_was_meant(self):
        answer = self.folder.run("stauts")
        self.assertEqual(answer.code, 2)
        self.assertIn("did you mean status?", answer.err)
        answer = self.folder.run("events", "lst")
        self.assertEqual(answer.code, 2)
        self.assertIn("did you mean list?", answer.err)

    def test_names_the_whole_verb_that_tells_more(self):
        answer = self.folder.run("--json", "events", "replay", "com.acme.leadscore/score")
        self.assertEqual(answer.code, 2)
        self.assertEqual(answer.error()["hint"], "see: mortise events replay --help")

    def test_wrong_options_are_wrong_usage(self):
        for arguments in (["query"], ["status", "--frobnicate"], ["users", "add", "x", "--scope", "some"],
                          ["records", "contact"], ["import", "/nonexistent.csv"]):
            answer = self.folder.run(*arguments)
            self.assertEqual(answer.code, 2, arguments)
            self.assertEqual(answer.out, "")

    def test_tells_errors_as_json(self):
        answer = self.folder.run("--json", "stauts")
        self.assertEqual(answer.code, 2)
        self.assertEqual(answer.error()["hint"], "did you mean status?")

    def test_tells_version_and_help(self):
        self.assertRegex(self.folder.run("--version").out, r"^mortise \d+\.\d+\.\d+$")
        self.assertIn("import", self.folder.run("--help").out)
        self.assertEqual(self.folder.run("records", "--help").code, 0)


class Records(FolderTest):
    def create(self, **values):
        return self.folder.json("contacts", "create", json.dumps(values))

    def test_live_through_their_changes(self):
        made = self.create(kind="organisation", name="Acme")
        self.assertRegex(made["id"], r"^\d+$")
        self.assertEqual(made["version"], 1)
        changed = self.folder.json("records", "contact", "update", made["id"], '{"name":"Acme Ltd"}')
        self.assertEqual(changed["version"], 2)
        self.assertEqual(self.folder.json("contacts", "show", made["id"])["name"], "Acme Ltd")
        self.folder.json("contacts", "delete", made["id"])
        self.assertEqual(self.folder.run("contacts", "show", made["id"]).code, 1)
        self.assertEqual(self.folder.json("contacts", "list"), [])
        self.assertEqual(len(self.folder.json("contacts", "list", "--deleted")), 1)
        self.folder.json("contacts", "restore", made["id"])
        self.assertEqual(self.folder.json("contacts", "show", made["id"])["name"], "Acme Ltd")
        self.assertGreaterEqual(len(self.folder.json("contacts", "history", made["id"])), 3)

    def test_are_refused_with_the_field_that_is_wrong(self):
        answer = self.folder.run("--json", "contacts", "create", '{"nmae":"Acme"}')
        self.assertEqual(answer.code, 1)
        self.assertEqual(answer.error()["code"], "invalid")
        self.assertIn("nmae", answer.error()["message"] + answer.error().get("where", ""))

    def test_are_refused_when_somebody_was_faster(self):
        made = self.create(kind="organisation", name="Acme")
        self.folder.json("contacts", "update", made["id"], '{"name":"A"}', "--version", "1")
        answer = self.folder.run("--json", "contacts", "update", made["id"], '{"name":"B"}', "--version", "1")
        self.assertEqual(answer.code, 1)
        self.assertEqual(answer.error()["code"], "conflict")

    def test_come_from_standard_input(self):
        made = self.folder.json("contacts", "create", "-", input='{"kind":"organisation","name":"Piped"}')
        self.assertEqual(made["name"], "Piped")

    def test_are_wrong_usage_when_they_are_no_json(self):
        self.assertEqual(self.folder.run("contacts", "create", "{").code, 2)
        self.assertEqual(self.folder.run("contacts", "create", "[]").code, 2)

    def test_of_a_dry_run_are_not_there(self):
        self.folder.json("contacts", "create", '{"kind":"organisation","name":"Maybe"}', "--dry-run")
        self.assertEqual(self.folder.json("contacts", "list"), [])

    def test_are_listed_in_pages(self):
        for i in range(7):
            self.create(kind="organisation", name=f"Org {i}")
        self.assertEqual(len(self.folder.json("contacts", "list", "--limit", 5)), 5)
        self.assertEqual(len(self.folder.json("contacts", "list", "--all")), 7)
        names = [r["name"] for r in self.folder.json("contacts", "list", "--sort", "-name", "--all")]
        self.assertEqual(names, sorted(names, reverse=True))

    def test_look_fine_to_people(self):
        self.create(kind="organisation", name="Acme \x1b[31m red")
        answer = self.folder.run("contacts", "list")
        self.assertEqual(answer.code, 0)
        self.assertIn("Acme", answer.out)
        self.assertNotIn("\x1b", answer.out)


class Country(FolderTest):
    def test_is_that_of_phone_numbers_that_name_none(self):
        told = self.folder.json("settings", "host", "set", "contacts.country", "Germany")
        self.assertEqual(told["contacts.country"], "DE")
        id = self.folder.json("contacts", "create", '{"name": "Berta", "phone": "030 901820"}')["id"]
        self.assertEqual(self.folder.json("contacts", "show", id)["phone"], "+4930901820")
        answer = self.folder.run("--json", "settings", "host", "set", "contacts.country", "Atlantis")
        self.assertEqual(answer.error()["key"], "country.unknown", answer.out)
        self.assertIn("contacts.country", self.folder.run("--json", "settings", "host", "set", "contacts.x", "1").error()["hint"])


class Reading(FolderTest):
    def setUp(self):
        super().setUp()
        for name in ("Acme", "Beta"):
            self.folder.json("contacts", "create", json.dumps({"kind": "organisation", "name": name}))

    def test_types_are_told_with_their_fields(self):
        types = {t["name"]: t for t in self.folder.json("types")}
        self.assertIn("contact", types)
        self.assertEqual(self.folder.json("types", "contact")["name"], "contact")
        self.assertEqual(self.folder.run("types", "nothing").code, 1)
        self.assertIn("contact", self.folder.run("types").out)

    def test_queries_give_objects(self):
        rows = self.folder.json("query", "SELECT name FROM contact ORDER BY name")
        self.assertEqual(rows, [{"name": "Acme"}, {"name": "Beta"}])
        rows = self.folder.json("query", "SELECT name FROM contact WHERE name = :n", "--param", "n=Beta")
        self.assertEqual(rows, [{"name": "Beta"}])
        self.assertEqual(self.folder.json("query", "SELECT 1 AS a, 2 AS a FROM contact LIMIT 1"), [{"a": 1, "a_2": 2}])
        self.assertEqual(self.folder.json("query", "SELECT name FROM contact WHERE name = 'x'"), [])
        self.assertIn("Acme", self.folder.run("query", "SELECT name FROM contact").out)

    def test_queries_that_write_are_refused(self):
        for sql in ("DELETE FROM contact", "SELECT * FROM \"mt$contact\"", "SELECT", "PRAGMA user_version"):
            answer = self.folder.run("--json", "query", sql)
            self.assertEqual(answer.code, 1, sql)
            self.assertEqual(answer.out, "")
            self.assertIn("message", answer.error())

    def test_events_tell_what_happened(self):
        events = self.folder.json("events", "list", "--type", "contact.*")
        self.assertEqual([e["type"] for e in events], ["contact.created"] * 2)
        self.assertEqual(len(self.folder.json("events", "list", "--limit", 1)), 1)
        subject = events[0]["subject"]
        self.folder.json("events", "publish", "call.made", '{"minutes":5}', "--subject", subject)
        timeline = self.folder.json("contacts", "timeline", subject)
        self.assertEqual(timeline[0]["type"], "call.made")
        self.assertEqual(timeline[0]["data"], {"minutes": 5})

    def test_status_is_one_document(self):
        status = self.folder.json("status")
        self.assertTrue(status["accepts_writes"])
        self.assertEqual(status["host"]["socket"], "")
        self.assertIn("SQLite", self.folder.run("status").out)

    def test_lists_are_arrays(self):
        for verb in (["commands"], ["subscriptions"], ["users"], ["events", "dead-letters"], ["types"]):
            self.assertIsInstance(self.folder.json(*verb), list, verb)


class Import(FolderTest):
    def test_counts_what_it_did(self):
        path = self.folder.write("people.csv", "name,kind\nAcme,organisation\nBeta,organisation\n")
        result = self.folder.json("import", path)
        self.assertEqual([result[k] for k in ("read", "created", "updated", "skipped", "refused")], [2, 2, 0, 0, 0])
        self.assertEqual(len(self.folder.json("contacts", "list")), 2)

    def test_ends_in_part_when_rows_are_refused(self):
        path = self.folder.write("people.csv", "name,kind\nAcme,organisation\nBeta,spaceship\n")
        errors = self.folder.root / "errors.csv"
        answer = self.folder.run("--json", "import", path, "--errors", errors)
        self.assertEqual(answer.code, 3, answer.err)
        self.assertEqual(answer.json()["refused"], 1)
        with open(errors, newline="", encoding="utf-8") as file:
            self.assertEqual(list(csv.reader(file)), [["name", "kind"], ["Beta", "spaceship"]])

    def test_writes_nothing_in_a_dry_run(self):
        path = self.folder.write("people.csv", "name,kind\nAcme,organisation\n")
        self.assertEqual(self.folder.json("import", path, "--dry-run")["created"], 1)
        self.assertEqual(self.folder.json("contacts", "list"), [])

    def test_can_be_taken_back(self):
        path = self.folder.write("people.csv", "name,kind\nAcme,organisation\nBeta,organisation\n")
        result = self.folder.json("import", path)
        self.folder.json("--yes", "undo", result["import"])
        self.assertEqual(self.folder.json("contacts", "list"), [])


class Users(FolderTest):
    def test_see_what_their_scope_lets_them(self):
        self.folder.json("users", "add", "anna", "--scope", "own")
        self.folder.json("contacts", "create", '{"kind":"organisation","name":"Acme"}')
        self.assertEqual(self.folder.json("--user", "anna", "contacts", "list"), [])
        self.folder.json("--user", "anna", "contacts", "create", '{"kind":"organisation","name":"Hers"}')
        self.assertEqual([r["name"] for r in self.folder.json("--user", "anna", "query", "SELECT name FROM contact")], ["Hers"])
        answer = self.folder.run("--json", "--user", "anna", "users", "add", "eve", "--scope", "all")
        self.assertEqual(answer.code, 4)
        self.assertEqual(answer.error()["code"], "denied")
        self.assertEqual(self.folder.run("--user", "nobody", "status").code, 1)

    def test_have_names_of_their_own(self):
        self.folder.json("users", "add", "anna", "--scope", "own")
        self.assertEqual(self.folder.run("users", "add", "anna", "--scope", "own").code, 1)
        self.assertEqual(self.folder.run("users", "add", "an na", "--scope", "own").code, 1)
        self.assertEqual(len(self.folder.json("users")), 2)


if __name__ == "__main__":
    main()
