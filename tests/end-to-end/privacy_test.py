#!/usr/bin/env python3
"""Who was erased does not come back with a backup, restricted persons are left alone, and rules say how long things are
kept: the real program, also when it is killed."""

import json
import random
import shutil
import signal
import sqlite3
import subprocess
import time

from support import PATIENCE, PROGRAM, Folder, FolderTest, Serving, main

MARK = "Zqxmarker"


class PrivacyTest(FolderTest):
    def setUp(self):
        super().setUp()
        self.file = self.folder.root / "house.backup"

    def person(self, name=MARK, **fields):
        return self.folder.json("contacts", "create", json.dumps(
            {"kind": "person", "name": name, "email": f"{name}@example.com", **fields}))["id"]

    def erase(self, contact):
        return self.folder.json("--yes", "call", "contacts.erase_subject", json.dumps({"contact": contact, "reason": "request 1"}))

    def files_with(self, folder, text):
        return [str(path) for path in folder.rglob("*")
                if path.is_file() and text.lower().encode() in path.read_bytes().lower()]

    def elsewhere(self):
        """Another folder, with nothing in it."""
        other = Folder(initialise=False)
        self.addCleanup(other.close)
        return other


class Restored(PrivacyTest):
    def plant(self):
        """A person who is erased after a backup was made; gives the contact."""
        self.folder.json("types", "contact", "add-field",
                         json.dumps({"name": "contract", "kind": "file", "label": "Contract", "personal": True}))
        self.folder.json("contacts", "create", '{"name": "Somebody else"}')
        gone = self.person(note=f"{MARK} says much")
        self.folder.json("contacts", "update", gone, json.dumps({"nickname": f"Old {MARK}"}))
        self.folder.json("contacts", "attach", gone, "contract", self.folder.write("contract.txt", f"{MARK} signs"))
        self.assertTrue(self.files_with(self.folder.data / "blobs", MARK), "planted")
        self.folder.json("backup", self.file)
        self.erase(gone)
        self.assertEqual(self.files_with(self.folder.data, MARK), [])
        return gone

    def test_in_the_place_of_the_data_everybody_erased_stays_erased(self):
        gone = self.plant()
        told = self.folder.json("--yes", "restore", self.file)["erasures"]
        self.assertEqual((told["contacts"], told["applied"], told["before"], told["not_there"]), (1, 1, 0, 0))
        self.assertEqual(self.files_with(self.folder.data, MARK), [], "also no file of theirs")
        self.assertEqual(len(self.folder.json("records", "erasure", "list")), 1)
        self.assertEqual(self.folder.run("contacts", "show", gone).code, 1)
        self.assertEqual(len(self.folder.json("contacts", "list")), 1)
        kinds = [entry["kind"] for entry in self.folder.json("audit", "list", "--limit", 5)]
        self.assertEqual(kinds[0], "erasures.applied_again")
        self.assertIn("database.restored", kinds)
        self.assertEqual(self.folder.json("audit", "verify")["wrong"], 0)
        self.assertTrue(self.folder.json("verify")["ok"])
        self.assertEqual(self.files_with(self.folder.data, MARK), [], "after the host had it open too")
        # A second time, from the same backup: the list went along.
        self.assertEqual(self.folder.json("--yes", "restore", self.file)["erasures"]["applied"], 1)
        self.assertIn("1 applied again", self.folder.run("--yes", "restore", self.file).out)
        self.assertEqual((self.folder.data / "erasures.ledger").read_text().count("\n"), 1, "nobody is named twice")

    def test_into_an_empty_folder_takes_a_list(self):
        self.plant()
        other = self.elsewhere()
        answer = other.run("restore", self.file)
        self.assertEqual(answer.code, 0)
        self.assertIn("no list of erasures of this database was there", answer.out)
        self.assertTrue(self.files_with(other.data, MARK), "nobody told it")
        again = self.elsewhere()
        told = again.json("restore", self.file, "--erasures", self.folder.data / "erasures.ledger")["erasures"]
        self.assertEqual(told["applied"], 1)
        self.assertEqual(self.files_with(again.data, MARK), [])
        self.assertEqual((again.data / "erasures.ledger").read_bytes(), (self.folder.data / "erasures.ledger").read_bytes())

    def test_a_list_of_another_database_does_not_pass_for_one_of_this(self):
        self.plant()
        fresh = Folder()
        self.addCleanup(fresh.close)
        answer = fresh.run("--yes", "restore", self.file)
        self.assertEqual(answer.code, 0, answer.err)
        self.assertIn(f"{fresh.data / 'erasures.ledger'} names nobody of this database", answer.out)
        self.assertIn("no list of erasures of this database was there", answer.out)
        self.assertNotIn("applied again", answer.out)
        foreign = Folder()
        self.addCleanup(foreign.close)
        stranger = foreign.json("contacts", "create", '{"name": "Stranger"}')["id"]
        foreign.json("--yes", "call", "contacts.erase_subject", json.dumps({"contact": stranger}))
        lists = [foreign.data / "erasures.ledger", self.folder.data / "erasures.ledger"]
        told = [self.elsewhere().json("restore", self.file, "--erasures", one)["erasures"] for one in lists]
        self.assertEqual([one["applied"] for one in told], [0, 1])
        self.assertEqual((told[0]["sources"], told[0]["foreign"]), ([], [str(lists[0])]))
        self.assertEqual((told[1]["sources"], told[1]["foreign"]), ([str(lists[1])], []))

    def test_a_list_that_cannot_be_used_is_told_before_anything_is_done(self):
        self.plant()
        other = self.elsewhere()
        ledger = self.folder.root / "list"
        whole = (self.folder.data / "erasures.ledger").read_text()
        for text, words in ((whole.replace("1", "2"), "line 1"), ("1 nonsense\n", "line 1"), (whole + whole[:30], "was cut"),
                            (whole[:-5], "names nobody"), ("my thesis", "names nobody")):
            ledger.write_text(text)
            answer = other.run("--json", "restore", self.file, "--erasures", ledger)
            self.assertEqual((answer.code, answer.error()["code"]), (1, "invalid"), text)
            self.assertIn(words, answer.error()["message"])
            self.assertTrue(answer.error()["hint"])
        ledger.write_text(whole.rstrip("\n"))  # whole all the same, as its check value says
        self.assertEqual(self.elsewhere().json("restore", self.file, "--erasures", ledger)["erasures"]["applied"], 1)
        missing = other.run("--json", "restore", self.file, "--erasures", self.folder.root / "none")
        self.assertEqual(missing.error()["code"], "not_found")
        self.assertFalse(other.data.exists())

    def test_the_list_names_nobody_and_is_in_no_backup(self):
        self.plant()
        ledger = (self.folder.data / "erasures.ledger").read_text()
        self.assertEqual(ledger.count("\n"), 1)
        self.assertNotIn(MARK.lower(), ledger.lower())
        self.folder.json("--yes", "backup", self.file)
        self.assertNotIn(b"erasures.ledger", self.file.read_bytes())

    def test_who_goes_along_is_told_and_is_in_the_trail(self):
        one, two = self.person("One"), self.person(MARK)
        merge = self.folder.json("contacts", "merge", one, two)["merge"]
        self.folder.json("backup", self.file)
        self.folder.json("contacts", "unmerge", merge)
        self.erase(two)
        answer = self.folder.run("--yes", "restore", self.file)
        self.assertIn(f"contact {one} went with one of them", answer.out, answer.err)
        (entry,) = [entry for entry in self.folder.json("audit", "list", "--limit", 50) if entry["kind"] == "erasures.applied_again"]
        self.assertEqual((entry["detail"]["applied"], entry["detail"]["with_others"]), (1, [one]))

    def test_a_list_that_was_changed_is_a_warning_of_the_status(self):
        self.plant()
        ledger = self.folder.data / "erasures.ledger"
        for added in ("", "1 nonsense\n"):
            ledger.write_text(ledger.read_text() + added)
            warnings = [one for one in self.folder.json("status")["warnings"] if str(ledger) in one]
            self.assertEqual(["was changed in line 2" in one for one in warnings], [True] if added else [])

    def test_a_database_of_an_older_host_is_asked_itself(self):
        self.plant()
        (self.folder.data / "erasures.ledger").unlink()
        told = self.folder.json("--yes", "restore", self.file)["erasures"]
        self.assertEqual((told["applied"], len(told["sources"])), (1, 1))
        self.assertEqual(self.files_with(self.folder.data, MARK), [])

    def test_an_older_database_that_is_put_there_by_hand_is_not_served_as_it_is(self):
        self.person()
        for name in ("mortise.db",):
            shutil.copy(self.folder.data / name, self.folder.root / name)
        self.erase(self.folder.json("contacts", "list")[0]["id"])
        for left in self.folder.data.glob("mortise.db*"):
            left.unlink()
        for left in self.folder.data.glob("search.db*"):
            left.unlink()
        shutil.copy(self.folder.root / "mortise.db", self.folder.data / "mortise.db")
        self.assertEqual(self.folder.json("contacts", "list"), [])
        self.assertEqual(self.files_with(self.folder.data, MARK), [])
        self.assertEqual(self.folder.json("audit", "verify")["wrong"], 0)

    def test_a_restore_that_is_killed_leaves_nobody_to_be_served(self):
        people = [self.person(f"{MARK}{n}") for n in range(25)]
        self.folder.json("backup", self.file)
        for person in people:
            self.erase(person)
        generator = random.Random(4)
        killed = 0
        for _ in range(30):
            process = subprocess.Popen([PROGRAM, "--data", str(self.folder.data), "--yes", "restore", str(self.file)],
                                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            try:
                process.wait(timeout=generator.uniform(0.01, 0.4))
            except subprocess.TimeoutExpired:
                process.send_signal(signal.SIGKILL)
                process.wait(PATIENCE)
                killed += 1
            self.assertEqual(self.files_with(self.folder.data, MARK), [])
            unfinished = self.folder.root / "data.restoring"
            if unfinished.exists() and (unfinished / "restore-unfinished").exists():
                answer = subprocess.run([PROGRAM, "--data", str(unfinished), "--json", "contacts", "list"],
                                        capture_output=True, text=True, timeout=PATIENCE, check=False)
                self.assertEqual(answer.returncode, 1)
                self.assertEqual(json.loads(answer.stderr)["error"]["code"], "state")
        self.assertGreater(killed, 0)
        self.assertEqual(self.folder.json("--yes", "restore", self.file)["erasures"]["applied"], 25)
        self.assertEqual(self.folder.json("contacts", "list"), [])
        self.assertEqual(self.folder.json("audit", "verify")["wrong"], 0)


class Encrypted(PrivacyTest):
    def test_a_backup_opens_with_its_key_alone(self):
        self.person()
        key = self.folder.root / "key"
        key.write_bytes(random.Random(1).randbytes(32))
        self.assertTrue(self.folder.json("backup", self.file, "--key-file", key)["encrypted"])
        self.assertNotIn(MARK.encode(), self.file.read_bytes())
        self.assertEqual(self.files_with(self.folder.root, f"{MARK}@example.com"), self.files_with(self.folder.data, f"{MARK}@example.com"))
        other = self.elsewhere()
        for verb in ("verify", "restore"):
            answer = other.run("--json", verb, self.file)
            self.assertEqual((answer.code, answer.error()["code"]), (1, "invalid"))
            self.assertIn("--key-file", answer.error()["hint"])
        self.assertTrue(other.json("verify", self.file, "--key-file", key)["ok"])
        other.json("restore", self.file, "--key-file", key)
        self.assertEqual(other.json("contacts", "list")[0]["name"], MARK)

    def test_a_passphrase_comes_from_a_file_or_standard_input(self):
        self.person()
        words = self.folder.write("words", "correct horse battery staple\n")
        self.folder.json("backup", self.file, "--passphrase-file", words)
        answer = self.folder.run("--json", "verify", self.file, "--passphrase-file", "-", input="correct horse battery staple\n")
        self.assertEqual(answer.code, 0, answer.err)
        answer = self.folder.run("--json", "verify", self.file, "--passphrase-file", "-", input="something else\n")
        self.assertEqual((answer.code, answer.error()["code"]), (1, "invalid"))
        self.assertEqual(self.folder.run("backup", self.file, "--key-file", words, "--passphrase-file", words).code, 2)

    def test_an_encrypted_backup_from_before_an_erasure_brings_nobody_back(self):
        key = self.folder.root / "key"
        key.write_bytes(b"0123456789abcdef0123456789abcdef")
        gone = self.person()
        self.folder.json("backup", self.file, "--key-file", key)
        self.erase(gone)
        self.assertEqual(self.folder.json("--yes", "restore", self.file, "--key-file", key)["erasures"]["applied"], 1)
        self.assertEqual(self.files_with(self.folder.root / "data", MARK), [])


class Restricted(PrivacyTest):
    def refused(self, *arguments):
        answer = self.folder.run("--json", *arguments)
        self.assertNotEqual(answer.code, 0, arguments)
        return answer.error()

    def test_a_person_is_left_alone_until_it_is_lifted(self):
        person = self.person(external_id="E1")
        other = self.person("Somebody")
        self.folder.json("contacts", "restrict", person, "--reason", "says the address is wrong")
        shown = self.folder.json("contacts", "show", person)
        self.assertEqual((shown["name"], shown["restricted"]["reason"]), (MARK, "says the address is wrong"))
        self.assertIn("user:", shown["restricted"]["by"])
        self.assertEqual([one["contact"] for one in self.folder.json("contacts", "restricted")], [person])
        # Imports: the row is refused, and told why; others go on.
        rows = self.folder.write("rows.csv", "external_id,name\nE1,Imported\nE2,Another\n")
        bad = self.folder.root / "bad.csv"
        answer = self.folder.run("--json", "import", rows, "--mode", "upsert", "--match", "external_id", "--errors", bad)
        self.assertEqual(answer.code, 3, answer.err)
        self.assertEqual((answer.json()["created"], answer.json()["refused"]), (1, 1))
        self.assertIn("E1,Imported", bad.read_text())
        told = self.folder.run("import", rows, "--mode", "upsert", "--match", "external_id")
        self.assertIn("is restricted", told.out + told.err)
        # Merges, erasures, exports.
        for verb in (["contacts", "merge", other, person], ["contacts", "merge", person, other],
                     ["--yes", "call", "contacts.erase_subject", json.dumps({"contact": person})]):
            error = self.refused(*verb)
            self.assertIn("is restricted", error["message"])
            self.assertIn("unrestrict", error["hint"])
        out = self.folder.root / "out.csv"
        self.assertEqual(self.folder.json("export", "contact", "-o", out)["restricted"], 1)
        self.assertNotIn(MARK, out.read_text())
        self.folder.json("export", "contact_point", "-o", self.folder.root / "points.csv")
        self.assertNotIn(MARK.lower(), (self.folder.root / "points.csv").read_text())
        self.assertIn(MARK, self.folder.run("contacts", "export-subject", person).out, "the person's own")
        # Who may lift it may also mend it by hand.
        self.folder.json("contacts", "update", person, '{"nickname": "Z"}')
        self.folder.json("contacts", "unrestrict", person, "--reason", "it was right")
        self.folder.json("import", rows, "--mode", "upsert", "--match", "external_id")
        self.assertEqual(self.folder.json("contacts", "show", person)["name"], "Imported")
        types = [event["type"] for event in self.folder.json("contacts", "timeline", person)]
        self.assertIn("contact.restricted", types)
        self.assertIn("contact.unrestricted", types)
        self.assertEqual(self.folder.json("contacts", "restricted"), [])

    def test_members_may_read_and_no_more(self):
        self.folder.json("users", "add", "max", "--scope", "own")
        own = self.folder.json("--user", "max", "contacts", "create", '{"kind": "person", "name": "Own"}')["id"]
        self.assertEqual(self.refused("--user", "max", "contacts", "restrict", own)["code"], "denied")
        self.folder.json("contacts", "restrict", own, "--reason", "disputed")
        error = self.refused("--user", "max", "contacts", "update", own, '{"name": "Changed"}')
        self.assertIn("disputed", error["message"])
        self.assertEqual(self.refused("--user", "max", "contacts", "unrestrict", own)["code"], "denied")
        self.assertEqual(self.refused("--user", "max", "contacts", "delete", own)["code"], error["code"])
        self.assertEqual(self.folder.json("--user", "max", "contacts", "show", own)["name"], "Own")


class Kept(PrivacyTest):
    def add(self, **rule):
        return self.folder.json("retention", "add", json.dumps(rule))["rule"]["id"]

    def old(self, days):
        """What is there was made and happened so many days before."""
        database = sqlite3.connect(self.folder.data / "mortise.db")
        micros = days * 86_400_000_000
        database.execute(f'UPDATE "mt$contact" SET created_at = created_at - {micros}, updated_at = updated_at - {micros}')
        database.commit()
        database.close()

    def test_a_rule_takes_what_its_preview_showed(self):
        for n in range(30):
            self.person(f"Lead{n}", lifecycle="lead")
        kept = self.person("Customer", lifecycle="customer")
        restricted = self.person("Disputed", lifecycle="lead")
        self.folder.json("contacts", "restrict", restricted)
        self.old(100)
        young = self.person("Young", lifecycle="lead")
        rule = self.add(what="records", type="contact", by="created_at", older_than_days=90, where={"lifecycle": "lead"})
        (entry,) = self.folder.json("audit", "list", "--limit", 1)
        self.assertEqual((entry["kind"], entry["detail"]), ("retention.add", {"what": "records", "type": "contact", "by": "created_at", "older_than_days": 90, "filtered": True}))
        preview = self.folder.json("retention", "preview", rule)["rules"][0]
        self.assertEqual((preview["count"], preview["kept"]["restricted"], len(preview["samples"])), (30, 1, 5))
        self.assertIn("30 would go", self.folder.run("retention", "preview").out)
        self.assertEqual(len(self.folder.json("contacts", "list", "--all")), 33)
        told = self.folder.json("--yes", "retention", "apply", rule)
        self.assertEqual((told["state"], told["result"]["rules"][0]["removed"]), ("done", 30))
        self.assertEqual({one["id"] for one in self.folder.json("contacts", "list", "--all")}, {kept, restricted, young})
        self.assertIn("retention.apply", [entry["way"] for entry in self.folder.json("audit", "list", "--limit", 100)])

    def test_events_lose_what_they_said_and_the_trail_holds(self):
        person = self.person()
        for n in range(20):
            self.folder.json("events", "publish", "page.viewed", json.dumps({"page": f"secret{n}"}), "--subject", person)
        # Nothing is as old as a day.
        rule = self.add(what="events", types="page.*", **{"class": "history"}, older_than_days=1)
        told = self.folder.json("--yes", "retention", "apply", rule)["result"]["rules"][0]
        self.assertEqual(told["removed"], 0)
        self.assertTrue(self.files_with(self.folder.data, "secret7"))
        self.assertEqual(self.folder.json("audit", "verify")["wrong"], 0)

    def test_is_refused_to_members_and_told_what_is_wrong(self):
        self.folder.json("users", "add", "max", "--scope", "own")
        for verb in (["list"], ["preview"], ["add", '{"what": "jobs", "older_than_days": 1}'], ["daily", "on"]):
            answer = self.folder.run("--json", "--user", "max", "retention", *verb)
            self.assertEqual((answer.code, answer.error()["code"]), (4, "denied"), verb)
        for rule in ('{"what": "events", "types": "*", "class": "audit", "older_than_days": 3}', "{}", "nonsense",
                     '{"what": "records", "type": "contact_point", "by": "created_at", "older_than_days": 3}',
                     '{"what": "records", "type": "contact", "by": "created_at", "older_than_days": 3, "where": {"no": 1}}'):
            answer = self.folder.run("--json", "retention", "add", rule)
            self.assertEqual((answer.code, answer.error()["code"]), (1, "invalid"), rule)
        self.assertEqual(self.folder.run("--json", "retention", "remove", "7").error()["code"], "not_found")
        rule = self.add(what="jobs", older_than_days=3)
        self.assertEqual(len(self.folder.json("retention", "list")["rules"]), 1)
        self.folder.json("retention", "remove", rule)
        self.assertEqual(self.folder.json("retention", "list")["rules"], [])
        self.folder.json("retention", "daily", "on")
        self.assertTrue(self.folder.json("retention", "list")["daily"]["on"])

    def test_a_job_that_is_killed_goes_on(self):
        path = self.folder.write("many.csv", "name\n" + "".join(f"n{i}\n" for i in range(3000)))
        self.folder.json("import", path)
        self.old(100)
        self.add(what="records", type="contact", by="created_at", older_than_days=90)
        with Serving(self.folder) as host:
            apply = subprocess.Popen([PROGRAM, "--data", str(self.folder.data), "--yes", "retention", "apply"],
                                     stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            end = time.monotonic() + PATIENCE
            while len(self.folder.json("contacts", "list", "--all")) > 2900:
                self.assertLess(time.monotonic(), end)
            host.stop(signal.SIGKILL)
            apply.wait(PATIENCE)
        left = len(self.folder.json("contacts", "list", "--all"))
        self.assertLess(left, 3000)
        with Serving(self.folder):
            end = time.monotonic() + PATIENCE
            while self.folder.json("contacts", "list", "--limit", 5):
                self.assertLess(time.monotonic(), end, "it does not go on")
                time.sleep(0.1)
            while any(job["state"] in ("waiting", "running") for job in self.folder.json("jobs")):
                self.assertLess(time.monotonic(), end)
                time.sleep(0.1)
        self.assertEqual([job["state"] for job in self.folder.json("jobs")], ["done"])
        self.assertTrue(self.folder.json("verify")["ok"])


if __name__ == "__main__":
    main()
