#!/usr/bin/env python3
"""Files of records with the real program: attached, read back, backed up, verified, erased."""

import hashlib
import json

from support import Folder, FolderTest, Serving, main

CONTENTS = b"%PDF-1.7\n" + bytes(range(256)) * 4000 + b"Zqxmarker"


class Files(FolderTest):
    def setUp(self):
        super().setUp()
        self.folder.json("types", "contact", "add-field",
                         json.dumps({"name": "contract", "kind": "file", "label": "Contract", "personal": True}))
        self.contact = self.folder.json("contacts", "create", '{"name": "Ada"}')["id"]
        self.file = self.folder.root / "Vertrag Äpfel.pdf"
        self.file.write_bytes(CONTENTS)
        self.blobs = self.folder.data / "blobs"

    def attach(self):
        return self.folder.json("contacts", "attach", self.contact, "contract", self.file)

    def kept(self):
        return [path for path in self.blobs.rglob("*") if path.is_file()]

    def test_gives_back_what_was_attached(self):
        self.attach()
        facts = self.folder.json("contacts", "show", self.contact)["contract"]
        digest = hashlib.sha256(CONTENTS).hexdigest()
        self.assertEqual(facts, {"digest": digest, "name": "Vertrag Äpfel.pdf", "size": len(CONTENTS), "type": "application/pdf"})
        out = self.folder.root / "copy.pdf"
        told = self.folder.json("contacts", "file", self.contact, "contract", "-o", out)
        self.assertEqual(told["size"], len(CONTENTS))
        self.assertEqual(out.read_bytes(), CONTENTS)
        rows = self.folder.json("query", "SELECT contract_name, contract_size FROM contact WHERE contract_type = 'application/pdf'")
        self.assertEqual(rows, [{"contract_name": "Vertrag Äpfel.pdf", "contract_size": len(CONTENTS)}])
        self.assertEqual([path.name for path in self.kept()], [digest])
        with Serving(self.folder):
            other = self.folder.json("contacts", "create", '{"name": "Bert"}')["id"]
            self.folder.json("contacts", "attach", other, "contract", self.file, "--name", "same.bin", "--media-type", "application/x-same")
            self.assertEqual(self.folder.json("contacts", "show", other)["contract"]["type"], "application/x-same")
            self.assertEqual(self.folder.json("contacts", "file", other, "contract", "-o", self.folder.root / "c2.pdf")["size"], len(CONTENTS))
        self.assertEqual(len(self.kept()), 1, "the same contents are kept once")

    def test_says_what_is_wrong(self):
        def refused(*words):
            answer = self.folder.run("--json", *words)
            self.assertEqual(answer.code, 1, answer.err)
            return answer.error()
        self.assertEqual(refused("contacts", "file", self.contact, "contract", "-o", self.folder.root / "x")["key"], "records.no_file")
        self.assertFalse((self.folder.root / "x").exists())
        self.assertEqual(refused("contacts", "attach", self.contact, "name", self.file)["where"], "name")
        self.assertEqual(refused("contacts", "file", self.contact, "name", "-o", self.folder.root / "x")["key"], "records.no_file_field")
        missing = refused("contacts", "attach", self.contact, "contract", self.folder.root / "nothing.pdf")
        self.assertIn("nothing.pdf", missing["message"])
        facts = {"digest": "0" * 64, "name": "x.pdf", "size": 1, "type": "application/pdf"}
        unknown = refused("contacts", "update", self.contact, json.dumps({"contract": facts}))
        self.assertEqual(unknown["key"], "records.unknown_file")
        self.assertIn("attach ID contract FILE", unknown["hint"])

    def test_is_in_backups_and_looked_at_by_verify(self):
        self.attach()
        checks = {one["name"]: one for one in self.folder.json("verify")["checks"]}
        self.assertEqual((checks["files"]["looked_at"], checks["files"]["wrong"]), (1, 0))
        backup = self.folder.root / "b.backup"
        self.folder.json("backup", backup)
        kept = self.kept()[0]
        kept.write_bytes(CONTENTS[:-1])
        answer = self.folder.run("--json", "verify")
        self.assertEqual(answer.code, 1)
        kept.unlink()
        gone = self.folder.run("--json", "contacts", "file", self.contact, "contract", "-o", self.folder.root / "x")
        self.assertEqual(gone.error()["key"], "blobs.missing")
        self.folder.json("--yes", "restore", backup)
        self.assertEqual(self.folder.run("verify").code, 0)
        self.folder.json("contacts", "file", self.contact, "contract", "-o", self.folder.root / "again.pdf")
        self.assertEqual((self.folder.root / "again.pdf").read_bytes(), CONTENTS)

    def test_stays_when_its_records_are_exported_and_imported(self):
        self.attach()
        for name in ("all.csv", "all.jsonl"):
            out = self.folder.root / name
            self.folder.json("export", "contact", "-o", out)
            answer = self.folder.run("import", out, "--mode", "upsert")
            self.assertEqual(answer.code, 0, answer.err)
            self.assertIn("files do not come along", answer.err)
            self.assertEqual(self.folder.json("contacts", "show", self.contact)["contract"]["size"], len(CONTENTS))
            other = Folder()
            self.addCleanup(other.close)
            other.json("types", "contact", "add-field", '{"name": "contract", "kind": "file"}')
            self.assertEqual(other.json("import", out)["refused"], 0)

    def test_goes_with_the_person_who_is_erased(self):
        self.attach()
        self.assertEqual(len(self.kept()), 1)
        told = self.folder.json("--yes", "call", "contacts.erase_subject", json.dumps({"contact": self.contact}))
        self.assertTrue(told["files_gone"])
        self.assertTrue(told["search_cleared"])
        self.assertEqual(self.kept(), [])
        self.assertEqual(self.folder.run("verify").code, 0)

    def test_stays_while_another_refers_to_it(self):
        self.attach()
        other = self.folder.json("contacts", "create", '{"name": "Bert"}')["id"]
        self.folder.json("contacts", "attach", other, "contract", self.file)
        self.folder.json("--yes", "call", "contacts.erase_subject", json.dumps({"contact": self.contact}))
        self.assertEqual(len(self.kept()), 1)
        self.folder.json("contacts", "file", other, "contract", "-o", self.folder.root / "still.pdf")


if __name__ == "__main__":
    main()
