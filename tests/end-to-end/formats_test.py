#!/usr/bin/env python3
"""Files that other programs wrote, which lie beside the project and are never part of it."""

import json
import os
import pathlib
import sys

from support import FolderTest, main

SKIPPED = 77
DATA = pathlib.Path(os.environ.get("MORTISE_TEST_DATA", "/nonexistent"))


class Spectrum(FolderTest):
    """CSV files with what they mean as JSON. Their columns go into a contact's texts."""

    FIELDS = ("name", "note", "industry", "source", "nickname")

    def test_means_what_its_authors_say(self):
        files = sorted((DATA / "csv-dialects").glob("*.csv"))
        self.assertGreaterEqual(len(files), 6)
        for file in files:
            with self.subTest(file.name):
                expected = json.loads(file.with_suffix(".json").read_text(encoding="utf-8"))
                names = list(expected[0])
                mapping = {"columns": {n: {"field": f, "trim": False} for n, f in zip(names, self.FIELDS)}}
                path = self.folder.write("map.json", json.dumps(mapping))
                result = self.folder.json("import", file, "--map", path)
                self.assertEqual(result["created"], len(expected))
                records = [r for r in self.folder.json("contacts", "list", "--all")]
                # Copies of the files may have other line ends than their meaning says: both are one here.
                expected = [{n: v.replace("\r\n", "\n") for n, v in row.items()} for row in expected]
                found = [[r.get(f, "").replace("\r\n", "\n") for f in self.FIELDS[:len(names)]] for r in records]
                self.assertEqual(found, [[row[n] for n in names] for row in expected])
                self.folder.json("--yes", "undo", result["import"])


class Cards(FolderTest):
    def take(self, name):
        result = self.folder.json("import", DATA / "vcard" / name)
        self.assertEqual(result["refused"], 0)
        points = {}
        for point in self.folder.json("records", "contact_point", "list", "--all"):
            points.setdefault(point["kind"], set()).add(point["value"])
        people = [r for r in self.folder.json("contacts", "list", "--all") if r["kind"] == "person"]
        names = {r["id"]: r["name"] for r in self.folder.json("contacts", "list", "--all")}
        for person in people:
            if "organisation" in person:
                person["organisation"] = names[person["organisation"]]
        return people, points

    def test_of_a_phone(self):
        [person], points = self.take("IPHONE.vcf")
        self.assertEqual((person["given_name"], person["family_name"], person["name_prefix"]), ("John", "Doe", "Mr."))
        self.assertEqual((person["nickname"], person["job_title"], person["birthday"]), ("Johny", "Money Counter", "2012-06-06"))
        self.assertEqual((person["organisation"], person["email"], person["phone"]), ("IBM", "john.doe@ibm.com", "+19055551234"))
        self.assertEqual(len(points["phone"]), 7)
        self.assertEqual(len(points["address"]), 2)

    def test_of_outlook(self):
        [person], points = self.take("MS_OUTLOOK.vcf")
        self.assertEqual((person["family_name"], person["email"], person["birthday"]), ("Doe", "john.doe@ibm.cm", "1980-03-22"))
        self.assertEqual(points["phone"], {"+19055551234", "+19056661234"})
        self.assertEqual(person["organisation"], "IBM")

    def test_of_a_mail_program(self):
        [person], points = self.take("EVOLUTION.vcf")
        self.assertEqual((person["additional_name"], person["organisation"]), ("Richter, James", "IBM"))
        self.assertEqual(person["tags"], ["VIP"])

    def test_of_a_mail_provider(self):
        [person], _ = self.take("GMAIL.vcf")
        self.assertEqual((person["email"], person["website"]), ("john.doe@ibm.com", "http://www.ibm.com"))

    def test_of_the_standards(self):
        people, points = self.take("rfc2426-example.vcf")
        self.assertEqual({p["name"] for p in people}, {"Frank Dawson", "Tim Howes"})
        self.assertEqual(len(points["email"]), 3)
        people, points = self.take("rfc6350-example.vcf")
        simon = next(p for p in people if p["name"] == "Simon Perreault")
        self.assertEqual((simon["birthday"], simon["organisation"]), ("--02-03", "Viagenie"))
        self.assertIn("+14186569254;ext=102", points["phone"])


if __name__ == "__main__":
    if not (DATA / "vcard").is_dir():
        print(f"skipped: the files are not at {DATA}")
        sys.exit(SKIPPED)
    main()
