"""What is exported comes back the same, into a fresh database and into its own."""

import csv
import json
import os
import subprocess

from support import PROGRAM, Folder, FolderTest, Serving, main

OWN = ("id", "version", "owner", "created_at", "updated_at", "type")

NASTY = [
    'quote " and ""two""',
    "comma, semicolon; tab\tpipe|",
    "line\nfeed",
    "windows\r\nline",
    "=1+1",
    "+43 1",
    "-2-3",
    "@SUM(A1)",
    "'=quoted formula",
    "''=twice",
    "'plain apostrophe",
    "\tbegins with a tab",
    "emoji 👩‍👩‍👧 🇦🇹 and Ω ß ñ 漢字 עברית",
    "  blanks at both ends  ",
    "back\\slash \\n and \\, and \\;",
    "-5",
    "007",
    "true",
    "null",
    "{\"json\": [1]}",
    "[1, 2]",
    "x" * 10_000,
    "sep=;",
]


class Copy(FolderTest):
    """A folder with records, and a second one to copy into."""

    def setUp(self):
        super().setUp()
        self.other = Folder()
        self.addCleanup(self.other.close)

    def make(self, type_name="contact", **values):
        return self.folder.json("records", type_name, "create", "-", input=json.dumps(values))["id"]

    def fill(self):
        """Persons come before the organisations that they name, and two organisations are part of each other."""
        people = []
        for number, text in enumerate(NASTY):
            people.append(self.make(
                kind="person", name=f"p{number}", note=text, tags=[text[:100].strip() or "x", "b; c"],
                email=f"p{number}@example.com", annual_revenue={"amount": f"{number}.05", "currency": "EUR"},
                birthday="1985-02-03", employees=number, address={"street": text[:200], "country": "AT"},
            ))
        self.make(kind="organisation", name="yen", annual_revenue={"amount": "1200", "currency": "JPY"})
        self.make(kind="organisation", name="dinar", annual_revenue={"amount": "-1.234", "currency": "KWD"})
        one = self.make(kind="organisation", name="one", external_id="e=1", lifecycle="customer")
        two = self.make(kind="organisation", name="two", organisation=one)
        # Rows that name each other in a circle: what no two organisations may, and a household may with a person.
        house = self.make(kind="household", name="house", organisation=people[3])
        self.folder.json("contacts", "update", people[3], json.dumps({"organisation": house}))
        for person in people[::2]:
            self.folder.json("contacts", "update", person, json.dumps({"organisation": one}))
        self.folder.json("contacts", "update", people[1], json.dumps({"phone": "+43 1 5880 199", "kind": None}))
        self.make("contact_point", contact=people[0], kind="phone", value="+4315880199", label="home", is_primary=True,
                  valid_from="2020-01-31")
        self.make("identity", contact=people[3], namespace="shop", value="=7", first_seen="2021-03-04T05:06:07.000008Z")
        self.make("relation", source=people[0], target=two, kind="partner_of")

    def records(self, folder, type_name="contact"):
        """By what they say, with the names of those they refer to."""
        contacts = {r["id"]: r for r in folder.json("contacts", "list", "--all")}
        found = []
        for record in contacts.values() if type_name == "contact" else folder.json("records", type_name, "list", "--all"):
            plain = {k: v for k, v in record.items() if k not in OWN}
            for field in ("organisation", "contact", "source", "target"):
                if plain.get(field) in contacts:
                    plain[field] = "-> " + contacts[plain[field]]["name"]
            found.append(plain)
        return sorted(found, key=lambda r: json.dumps(r, sort_keys=True))

    def copy(self, type_name, ending, *options):
        file = self.folder.root / f"{type_name}.{ending}"
        self.folder.json("export", type_name, "-o", file, *options)
        answer = self.other.run("--json", "import", file, "--type", type_name)
        self.assertEqual(answer.code, 0, answer.err + answer.out)
        return answer.json()


class RoundTrip(Copy):
    maxDiff = None

    def check(self, ending, *options):
        self.fill()
        for type_name in ("contact", "contact_point", "identity", "relation"):
            with self.subTest(type_name):
                result = self.copy(type_name, ending, *options)
                # The points of a contact's own addresses came with the contacts.
                self.assertEqual(result["created"] + result["updated"], len(self.records(self.folder, type_name)))
                self.assertEqual(result["left"], 0)
                self.assertEqual(self.records(self.other, type_name), self.records(self.folder, type_name))

    def test_of_csv(self):
        self.check("csv")

    def test_of_csv_without_formula_guard(self):
        self.check("csv", "--no-formula-guard")

    def test_of_json_lines(self):
        self.check("jsonl")

    def test_of_json_lines_through_a_running_host(self):
        with Serving(self.folder), Serving(self.other):
            self.check("jsonl")

    def test_keeps_formulas_from_running(self):
        self.fill()
        self.folder.json("export", "contact", "-o", self.folder.root / "a.csv")
        with open(self.folder.root / "a.csv", newline="", encoding="utf-8") as file:
            notes = [row["note"] for row in csv.DictReader(file)]
        self.assertIn("'=1+1", notes)
        self.assertIn("'@SUM(A1)", notes)
        self.assertIn("''=quoted formula", notes)
        self.assertIn("-5", notes)  # a number is none
        self.assertFalse([n for n in notes if n[:1] in "=@+" and n], notes)

    def test_a_second_time_updates_what_the_first_made(self):
        self.fill()
        self.copy("contact", "csv")
        before = self.records(self.other)
        file = self.folder.root / "contact.csv"
        self.assertEqual(self.other.run("import", file).code, 3, "each row is there already")
        again = self.other.json("import", file, "--mode", "upsert")
        self.assertEqual((again["created"], again["refused"]), (0, 0))
        self.assertEqual(again["updated"], len(before))
        self.assertEqual(self.records(self.other), before)

    def test_into_its_own_database_updates_by_id(self):
        first, second = self.make(kind="organisation", name="Acme"), self.make(kind="organisation", name="Beta", note="x")
        file = self.folder.root / "a.csv"
        self.folder.json("export", "contact", "-o", file)
        with open(file, newline="", encoding="utf-8") as opened:
            rows = list(csv.DictReader(opened))
        rows[0]["name"] = "Acme Ltd"
        rows[1]["note"] = ""  # is cleared
        rows[1]["organisation"] = first
        with open(file, "w", newline="", encoding="utf-8") as opened:
            writer = csv.DictWriter(opened, rows[0])
            writer.writeheader()
            writer.writerows([*rows, {"name": "New one", "kind": "organisation"}])
        result = self.folder.json("import", file, "--mode", "upsert", "--match", "name")
        self.assertEqual((result["updated"], result["created"], result["refused"]), (2, 1, 0))
        self.assertEqual(self.folder.json("contacts", "show", first)["name"], "Acme Ltd")
        changed = self.folder.json("contacts", "show", second)
        self.assertEqual((changed.get("note"), changed["organisation"]), (None, first))
        self.folder.json("--yes", "undo", result["import"])
        self.assertEqual({r["name"] for r in self.records(self.folder)}, {"Acme", "Beta"})

    def test_says_what_a_reference_to_something_unknown_was(self):
        self.fill()
        self.folder.json("export", "contact_point", "-o", self.folder.root / "points.jsonl")
        answer = self.other.run("import", self.folder.root / "points.jsonl", "--type", "contact_point")
        self.assertEqual(answer.code, 3)
        self.assertIn("contact", answer.err)

    def test_can_be_taken_back_and_made_again(self):
        self.fill()
        result = self.copy("contact", "csv")
        self.other.json("--yes", "undo", result["import"])
        self.assertEqual(self.other.json("contacts", "list"), [])
        self.copy("contact", "csv")
        self.assertEqual(self.records(self.other), self.records(self.folder))


class Cards(Copy):
    maxDiff = None

    CARD = (
        "BEGIN:VCARD\r\nVERSION:3.0\r\nUID:urn:x:1\r\nFN:Dr. Ada Lovelace\r\nN:Lovelace;Ada;King;Dr.;\r\nNICKNAME:Countess\r\n"
        "EMAIL;TYPE=HOME:ada@example.com\r\nEMAIL;TYPE=WORK,PREF:ada@work.example\r\nTEL;TYPE=CELL:+43 1 5880199\r\n"
        "TEL;TYPE=WORK,FAX:+43 1 5880198\r\nitem1.URL:https://ada.example\r\nitem1.X-ABLabel:Her page\r\n"
        "ADR;TYPE=HOME:;;Ring 1;Wien;;1010;Austria\r\nADR;TYPE=WORK:Box 7;2nd floor;Gate 2;Graz;Styria;8010;Austria\r\n"
        "IMPP:xmpp:ada@example.com\r\nTITLE:Analyst\r\nBDAY:1815-12-10\r\nNOTE:one\\, two\\; three\\nfour\r\n"
        "CATEGORIES:math,a\\,b\r\nEND:VCARD\r\n"
    )

    def test_bring_contacts_with_all_their_points_back(self):
        self.folder.json("import", self.folder.write("a.vcf", self.CARD))
        for number, text in enumerate(NASTY):
            self.make(kind="person", name=f"p{number}", note=text, lifecycle="lead", industry=text[:100],
                      annual_revenue={"amount": "7.05", "currency": "EUR"}, tags=[text[:60].strip() or "x"])
        self.make(kind="organisation", name="Acme, Inc; \"A\"", employees=7)
        points = self.records(self.folder, "contact_point")
        self.assertEqual(len(points), 8)
        self.copy("contact", "vcf")
        self.assertEqual(self.records(self.other, "contact_point"), points)
        self.assertEqual(self.records(self.other), self.records(self.folder))

    def test_are_for_contacts_alone(self):
        answer = self.folder.run("--json", "export", "relation", "--format", "vcard", "-o", self.folder.root / "r.vcf")
        self.assertEqual(answer.code, 1)
        self.assertEqual(answer.error()["code"], "invalid")
        self.assertFalse((self.folder.root / "r.vcf").exists())


class Export(Copy):
    def test_writes_what_fulfils_a_condition(self):
        for name in ("Acme", "Beta", "Gamma"):
            self.make(kind="organisation", name=name)
        lines = self.folder.run("export", "contacts", "--format", "jsonl", "--where", "name > 'B' -- those").out.splitlines()
        self.assertEqual([json.loads(line)["name"] for line in lines], ["Beta", "Gamma"])
        for wrong in ("shoe = 4", "1) OR (1", "name = ", "id IN (SELECT id FROM \"mt$contact\")", "1; DELETE FROM contact"):
            answer = self.folder.run("--json", "export", "contact", "--where", wrong, "-o", self.folder.root / "x.csv")
            self.assertEqual(answer.code, 1, wrong)
            self.assertEqual(answer.out, "")
            self.assertTrue(answer.error()["message"])
            self.assertEqual(sorted(self.folder.root.glob("x.csv*")), [])

    def test_shows_nobody_more_than_that_one_sees(self):
        self.folder.json("users", "add", "anna", "--scope", "own")
        self.make(kind="organisation", name="Acme")
        self.folder.json("--user", "anna", "contacts", "create", '{"kind":"organisation","name":"Hers"}')
        for where in ([], ["--where", "1"], ["--where", "id > 0 OR 1"]):
            out = self.folder.run("--user", "anna", "export", "contact", "--format", "jsonl", *where).out
            self.assertEqual([json.loads(line)["name"] for line in out.splitlines()], ["Hers"])

    def test_is_one_json_document_when_asked(self):
        self.assertEqual(self.folder.json("export", "contact"), [])
        self.make(kind="organisation", name="Acme")
        self.assertEqual([r["name"] for r in self.folder.json("export", "contact")], ["Acme"])
        answer = self.folder.run("--json", "export", "contact", "--format", "csv")
        self.assertEqual(answer.code, 2)
        self.assertEqual(answer.out, "")
        told = self.folder.json("export", "contact", "-o", self.folder.root / "a.csv")
        self.assertEqual((told["records"], told["format"]), (1, "csv"))

    def test_leaves_the_file_that_was_there_when_it_fails(self):
        file = self.folder.write("a.csv", "precious")
        self.assertEqual(self.folder.run("export", "contact", "--where", "nothing", "-o", file).code, 1)
        self.assertEqual(file.read_text(), "precious")
        self.assertEqual(self.folder.run("export", "contact", "-o", self.folder.root / "no" / "a.csv").code, 1)
        self.assertEqual(self.folder.run("export", "nothing").code, 1)

    def test_ends_when_nobody_reads_on(self):
        path = self.folder.write("o.csv", "name,kind\n" + "".join(f"Org {i},organisation\n" for i in range(20_000)))
        self.folder.json("import", path)
        process = subprocess.Popen([PROGRAM, "--data", str(self.folder.data), "export", "contact"],
                                   stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        process.stdout.readline()
        process.stdout.close()
        process.stderr.read()
        process.stderr.close()
        self.assertNotEqual(process.wait(60), 0)


if __name__ == "__main__":
    main()
