#!/usr/bin/env python3
"""The audit trail with the real program: what people do is in it, and what is done to the file behind its back is found."""

import getpass
import json
import pathlib
import re
import sqlite3

from support import Folder, FolderTest, Serving, main

PAGE = pathlib.Path(__file__).resolve().parents[2] / "docs/audit.md"


class Audit(FolderTest):
    def setUp(self):
        super().setUp()
        self.ada = self.folder.json("contacts", "create", '{"name": "Ada", "email": "ada@example.com"}')["id"]
        self.folder.json("contacts", "update", self.ada, '{"job_title": "Analyst"}')

    def tamper(self, sql):
        database = sqlite3.connect(self.folder.data / "mortise.db")
        database.executescript(sql)
        database.close()

    def verify(self, *options):
        answer = self.folder.run("--json", "audit", "verify", *options)
        return answer.code, answer.json()

    def kinds(self, *options):
        return [one["kind"] for one in self.folder.json("audit", "list", *options)]

    def test_tells_who_did_what_by_which_way(self):
        self.folder.json("users", "add", "anna", "--role", "viewer")
        self.folder.json("plugins", "enable", "mortise.pipelines")
        out = self.folder.root / "out.csv"
        self.folder.json("export", "contact", "-o", out, "--where", "name = 'Ada'")
        self.folder.json("backup", self.folder.root / "b.mortise-backup")
        self.assertEqual(self.folder.run("--user", "anna", "trust").code, 4)
        kinds = self.kinds("--limit", "500")
        for kind in ("audit.began", "contact.created", "contact.updated", "user.added", "plugins.enable", "export.run",
                     "backup.run", "refused"):
            self.assertIn(kind, kinds)
        about = self.folder.json("audit", "list", "--plugin", "mortise.pipelines")
        enabled = [one for one in about if one["kind"] == "plugins.enable"]
        self.assertEqual({one["account"] for one in enabled}, {getpass.getuser()})
        refused = self.folder.json("audit", "list", "--kind", "refused")[0]
        self.assertEqual((refused["actor"], refused["account"]), ("user:anna", getpass.getuser()))
        self.assertIn("export.run", self.folder.run("audit").out)
        self.assertEqual(self.verify()[0], 0)

    def test_finds_what_was_done_to_the_file(self):
        heads = self.folder.root / "heads.txt"
        self.folder.json("audit", "head", "--file", heads)
        created = self.folder.json("audit", "list", "--kind", "contact.created")[0]["number"]
        code, answer = self.verify("--heads", heads)
        self.assertEqual((code, answer["ok"], answer["heads"]), (0, True, 1))
        self.tamper("UPDATE \"mt$contact_h\" SET name = 'Eve' WHERE version = 1")
        code, answer = self.verify("--heads", heads)
        self.assertEqual((code, answer["findings"][0]["entry"]), (1, created))
        self.assertIn(f"contact {self.ada}", answer["findings"][0]["what"])
        text = self.folder.run("audit", "verify")
        self.assertEqual(text.code, 1)
        self.assertIn(f"entry {created}: contact {self.ada} is not what was written", text.out)
        self.tamper("UPDATE \"mt$contact_h\" SET name = 'Ada' WHERE version = 1")
        self.assertEqual(self.verify("--heads", heads)[0], 0)

        self.folder.json("plugins", "enable", "mortise.pipelines")
        self.folder.json("audit", "head", "--file", heads)
        last = self.folder.json("audit", "list", "--limit", "1")[0]["number"]
        self.tamper(f'DELETE FROM "mt$audit" WHERE number = {last}')
        code, answer = self.verify("--heads", heads)
        self.assertEqual(code, 1)
        self.assertEqual(answer["findings"][-1]["entry"], last)
        self.assertEqual(self.folder.run("audit", "verify", "--head", "nonsense").code, 1)

    def test_holds_after_an_erasure_and_in_a_backup(self):
        with Serving(self.folder):
            self.folder.json("--yes", "call", "contacts.erase_subject", json.dumps({"contact": self.ada, "reason": "1"}))
            code, answer = self.verify()
        self.assertEqual((code, answer["wrong"]), (0, 0))
        erasure = self.folder.json("audit", "list", "--kind", "contact.erased")[0]
        self.assertEqual([one["entry"] for one in answer["erased"]], [erasure["number"]])
        head = self.folder.json("audit", "head")["head"]
        backup = self.folder.root / "b.mortise-backup"
        self.folder.json("backup", backup)
        other = Folder(initialise=False)
        self.addCleanup(other.close)
        other.json("restore", backup)
        self.assertEqual(other.json("audit", "verify", "--head", head)["wrong"], 0)
        self.assertEqual(other.json("audit", "list", "--limit", "1")[0]["kind"], "database.restored")

    def test_can_be_checked_as_the_page_says(self):
        """The program of docs/audit.md, run as it stands."""
        program = re.search(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.S).group(1)
        program = program.replace("file:mortise.db", f"file:{self.folder.data / 'mortise.db'}")

        def found():
            told = []
            exec(program, {"print": lambda *words: told.append(words[1])})  # noqa: S102
            return told

        self.assertEqual(found(), [])
        number = int(self.folder.json("audit", "list", "--limit", "1")[0]["number"])
        self.tamper(f"UPDATE \"mt$audit\" SET client = 'other' WHERE number = {number - 1}")
        self.assertEqual(found(), [number - 1])


if __name__ == "__main__":
    main()
