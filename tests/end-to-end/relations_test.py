#!/usr/bin/env python3
"""Relations with the real program: related, read from both ends, imported, merged, undone, erased, and seen with roles."""

import json

from support import FolderTest, main

MARK = "Zqxrole"


class Relations(FolderTest):
    def contact(self, name, kind="person", **more):
        return self.folder.json("contacts", "create", json.dumps({"name": name, "kind": kind, **more}))["id"]

    def firm(self, name, **more):
        return self.contact(name, "organisation", **more)

    def relate(self, *words):
        return self.folder.json("contacts", "relate", *words)["record"]["id"]

    def words(self, contact, *options):
        return [(r["word"], r["name"]) for r in self.folder.json("contacts", "relations", contact, *options)]

    def refused(self, *words):
        answer = self.folder.run("--json", "contacts", "relate", *words)
        self.assertEqual(answer.code, 1, answer.out)
        return answer.error()

    def test_two_contacts_are_related_and_read_from_either_end(self):
        anna, bob, acme = self.contact("Anna"), self.contact("Bob"), self.firm("Acme")
        job = self.relate(anna, "works at", acme, "--role", "Clerk", "--from", "2024-07-01")
        self.relate(acme, "employs", bob)
        self.relate(bob, "manages", anna)
        self.assertEqual(self.words(anna), [("reports to", "Bob"), ("works at", "Acme")])
        self.assertEqual(self.words(acme), [("employs", "Anna"), ("employs", "Bob")])
        self.assertEqual(self.words(anna, "--at", "2024-06-30"), [("reports to", "Bob")])
        self.assertEqual(self.words(anna, "--kind", "works_at"), [("works at", "Acme")])
        shown = self.folder.json("contacts", "show", anna)
        self.assertEqual((shown["organisation"], shown["job_title"]), (acme, "Clerk"))
        table = self.folder.run("contacts", "relations", anna).out
        self.assertIn("works at", table)
        self.assertIn("Clerk", table)
        self.folder.json("contacts", "unrelate", job, "--until", "2024-12-31")
        self.assertEqual(self.words(anna), [("reports to", "Bob")])
        self.assertNotIn("organisation", self.folder.json("contacts", "show", anna))
        [past] = self.folder.json("contacts", "relations", anna, "--all", "--kind", "works_at")
        self.assertEqual((past["state"], past["valid_to"]), ("past", "2024-12-31"))

    def test_refusals_say_what_where_and_how_to_mend(self):
        anna, bob, acme = self.contact("Anna"), self.contact("Bob"), self.firm("Acme")
        unknown = self.refused(anna, "knows", bob)
        self.assertIn("works_at", unknown["hint"])
        self.assertEqual(self.refused(anna, "works_at", bob)["where"], "target")
        self.relate(anna, "reports_to", bob)
        self.assertIn("above itself", self.refused(bob, "reports_to", anna)["message"])
        carl = self.contact("Carl")
        self.assertIn("--replace", self.refused(anna, "reports_to", carl)["hint"])
        self.relate(anna, "reports_to", carl, "--replace", "--from", "2026-01-01")
        self.assertEqual(self.words(anna, "--at", "2025-12-31"), [("reports to", "Bob")])
        self.assertEqual(self.words(anna, "--at", "2026-01-01"), [("reports to", "Carl")])
        self.assertEqual(self.refused(acme, "part_of", acme)["code"], "invalid")

    def test_kinds_are_added_by_an_administrator(self):
        anna, bob = self.contact("Anna"), self.contact("Bob")
        self.folder.json("records", "relation_kind", "create", json.dumps(
            {"name": "mentor_of", "label": "mentors", "inverse_label": "is mentored by", "tree": True}))
        self.relate(anna, "mentors", bob)
        self.assertEqual(self.words(bob), [("is mentored by", "Anna")])
        self.assertIn("Bob", self.folder.run("contacts", "hierarchy", anna, "--kind", "mentors").out)

    def test_hierarchy_of_organisations(self):
        top, middle = self.firm("Top"), self.firm("Middle")
        self.relate(middle, "part_of", top)
        low = self.firm("Low", organisation=middle)
        tree = self.folder.json("contacts", "hierarchy", middle)
        self.assertEqual([(p["name"], p["depth"]) for p in tree["above"]], [("Top", 1)])
        self.assertEqual([(p["name"], p["depth"]) for p in tree["below"]], [("Low", 1)])
        lines = self.folder.run("contacts", "hierarchy", middle).out.splitlines()
        self.assertEqual([len(line) - len(line.lstrip()) for line in lines], [0, 2, 4])
        self.assertEqual(self.folder.run("contacts", "update", top, json.dumps({"organisation": low})).code, 1)

    def test_timeline_of_an_organisation_has_its_people_by_choice(self):
        anna, bob, acme = self.contact("Anna"), self.contact("Bob"), self.firm("Acme")
        self.relate(anna, "works_at", acme)
        self.relate(bob, "works_at", acme, "--until", "2020-12-31")
        carl = self.contact("Carl")
        self.relate(carl, "works_at", acme, "--from", "2999-01-01")
        for who in (anna, bob, carl):
            self.folder.json("events", "publish", "visit.made", "{}", "--subject", who)

        def visitors(*options):
            events = self.folder.json("contacts", "timeline", acme, *options)
            return [e["subject"] for e in events if e["type"] == "visit.made"]

        self.assertEqual(visitors(), [])
        self.assertEqual(visitors("--with-people"), [anna])
        self.assertEqual(visitors("--with-people=then"), [anna])
        self.assertEqual(self.folder.run("contacts", "timeline", acme, "--with-people=later").code, 1)

    def test_relations_come_from_a_file(self):
        self.contact("Anna", email="anna@example.com")
        self.firm("Acme", external_id="A-1")
        rows = "E-mail,Company,Title,Since\nanna@example.com,A-1,Clerk,01.07.2024\nnobody@example.com,A-1,,\n"
        mapping = {
            "type": "relation",
            "columns": {
                "E-mail": {"field": "source", "ref": {"type": "contact", "by": "email"}},
                "Company": {"field": "target", "ref": {"type": "contact", "by": "external_id"}},
                "Title": "role",
                "Since": {"field": "valid_from", "date": "%d.%m.%Y"},
            },
            "constants": {"kind": "works at"},
        }
        arguments = ("--json", "import", self.folder.write("jobs.csv", rows), "--map",
                     self.folder.write("map.json", json.dumps(mapping)))
        answer = self.folder.run(*arguments)
        self.assertEqual(answer.code, 3, answer.err)
        self.assertEqual((answer.json()["created"], answer.json()["refused"]), (1, 1))
        [relation] = self.folder.json("records", "relation", "list")
        self.assertEqual((relation["kind"], relation["role"], relation["valid_from"]), ("works_at", "Clerk", "2024-07-01"))
        again = self.folder.run(*arguments)
        self.assertEqual(again.json()["created"], 0)
        self.folder.json("--yes", "undo", answer.json()["import"])
        self.assertEqual(self.folder.json("records", "relation", "list"), [])

    def test_merged_undone_and_erased(self):
        anna, double, acme = self.contact("Anna"), self.contact("A."), self.firm("Acme")
        self.relate(anna, "works_at", acme)
        self.relate(double, "works_at", acme)
        self.relate(double, "partner_of", anna, "--role", MARK)
        before = self.folder.json("records", "relation", "list")
        merge = self.folder.json("contacts", "merge", anna, double)["merge"]
        self.assertEqual(self.words(anna), [("works at", "Acme")])
        self.folder.json("--yes", "undo", merge)
        after = self.folder.json("records", "relation", "list")
        for relation in before + after:
            for own in ("version", "updated_at"):
                del relation[own]
        self.assertEqual(after, before)
        self.folder.json("--yes", "call", "contacts.erase_subject", json.dumps({"contact": double}))
        self.assertEqual(self.words(anna), [("works at", "Acme")])
        found = [p.name for p in self.folder.data.rglob("*") if p.is_file() and MARK.lower().encode() in p.read_bytes().lower()]
        self.assertEqual(found, [])
        self.assertEqual(self.folder.run("verify").code, 0)

    def test_with_roles_both_ends_must_be_seen(self):
        self.folder.json("roles", "add", json.dumps({"name": "sales", "types": {
            "contact": {"read": "own", "create": True, "write": "own"},
            "relation": {"read": "all", "create": True, "write": "own"}}}))
        self.folder.json("users", "add", "anna", "--role", "sales")
        other = self.firm("Secret")
        mine = self.folder.json("--user", "anna", "contacts", "create", '{"name": "Mine"}')["id"]
        hidden = self.relate(mine, "partner_of", other)
        self.assertEqual(self.folder.json("--user", "anna", "contacts", "relations", mine), [])
        self.assertEqual(self.words(mine), [("is a partner of", "Secret")])
        refused = self.folder.run("--json", "--user", "anna", "contacts", "relate", mine, "works_at", other)
        self.assertEqual(refused.code, 1)
        self.assertNotIn("Secret", refused.err)
        self.assertEqual(self.folder.run("--user", "anna", "contacts", "relations", other).code, 1)
        self.assertEqual(self.folder.run("--user", "anna", "contacts", "unrelate", hidden).code, 4)
        own = self.folder.json("--user", "anna", "contacts", "create", '{"name": "Own", "kind": "organisation"}')["id"]
        self.folder.json("--user", "anna", "contacts", "relate", mine, "works_at", own)
        self.assertEqual(self.folder.json("--user", "anna", "contacts", "show", mine)["organisation"], own)


if __name__ == "__main__":
    main()
