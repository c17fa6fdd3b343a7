"""Two sources that know the same people by names of their own, and disagree: one clean list, each decision told, all
of it taken back. Through the command line."""

import json
import random

import support

PEOPLE = 120


def at(day, hour=12):
    return f"2026-{1 + day // 28:02}-{1 + day % 28:02}T{hour:02}:00:00Z"


def message(source, number, time, identities, **rest):
    given = [{"namespace": n, "value": v, "strength": s} for n, v, s in identities]
    return {"source": source, "id": f"{source}-{number}", "at": time, "identities": given, **rest}


class Identities(support.FolderTest):
    def ingest(self, messages, *options):
        text = "".join(json.dumps(each) + "\n" for each in messages)
        answer = self.folder.run("--json", "contacts", "ingest", "-", *options, input=text)
        self.assertIn(answer.code, (0, 3), answer.err)
        return answer.json()

    def contact(self, namespace, value):
        return self.folder.json("contacts", "identify", namespace, value)

    def provenance(self, contact):
        told = self.folder.json("contacts", "provenance", contact)
        return told, {field["field"]: field for field in told["fields"]}

    def people(self, columns):
        return self.folder.json("query", f"SELECT {columns} FROM contact ORDER BY external_id")

    def two_sources(self):
        """A CRM and a shop: each knows everybody by a number; the shop tells both numbers of those who logged in, and
        browsers come before anybody knows whose they are."""
        messages = []
        for i in range(PEOPLE):
            crm, shop = ("crm", f"c{i}", "verified"), ("shop", f"s{i}", "verified")
            cookie = ("cookie", f"k{i}", "asserted")
            email = f"person{i}@example.org"
            messages.append(message(
                "crm", i, at(20), [crm, ("email", email.upper(), "verified")],
                fields={"name": f"Person {i}", "job_title": "Clerk", "external_id": f"c{i:03}", "tags": ["crm"]},
            ))
            messages.append(message(
                "shop", i, at(40 if i % 2 else 10), [shop, ("email", email, "verified")],
                fields={"name": f"P. {i}", "job_title": None, "website": f"https://p{i}.example", "tags": ["buyer"]},
            ))
            messages.append(message("web", i, at(5), [cookie], event={"type": "page.viewed", "data": {"page": i}}))
            messages.append(message("web", PEOPLE + i, at(30), [cookie, shop], fields={"locale": "de"}))
        return messages

    def test_two_sources_become_one_list_and_are_taken_back(self):
        messages = self.two_sources()
        random.Random(46).shuffle(messages)
        preview = self.ingest(messages[:1], "--dry-run")
        self.assertTrue(preview["dry_run"])
        self.assertEqual(self.people("id"), [])
        totals = self.ingest(messages)
        self.assertEqual((totals["read"], totals["taken"], totals["refused"]), (4 * PEOPLE, 4 * PEOPLE, 0))
        again = self.ingest(messages)
        self.assertEqual((again["taken"], again["repeated"]), (0, 4 * PEOPLE))

        # Whom both had told of before anything said that they are one is not merged by itself: a person looks.
        pairs = self.folder.json("contacts", "duplicates", "--limit", "500")
        for pair in pairs:
            self.assertRegex(pair["evidence"], "names both in its message")
        if pairs:
            self.folder.json("contacts", "duplicates", "merge", *[pair["id"] for pair in pairs])

        people = self.people("id, name, job_title, website, email, locale, lifecycle, tags")
        self.assertEqual(len(people), PEOPLE)
        for i, person in enumerate(people):
            newer_is_shop = i % 2 == 1
            wanted = {
                "name": f"P. {i}" if newer_is_shop else f"Person {i}",
                "job_title": None if newer_is_shop else "Clerk",
                "website": f"https://p{i}.example",
                "locale": "de",
                "lifecycle": None,
            }
            self.assertEqual({key: person[key] for key in wanted}, wanted)
            self.assertEqual(self.folder.json("contacts", "show", str(person["id"]))["tags"], ["buyer", "crm"])

        # Each decision is told.
        told, fields = self.provenance(str(people[1]["id"]))
        self.assertEqual(
            {(each["namespace"], each["value"]) for each in told["identities"]},
            {("crm", "c1"), ("shop", "s1"), ("cookie", "k1"), ("email", "person1@example.org")},
        )
        self.assertEqual((fields["name"]["source"], fields["name"]["at"]), ("shop", at(40)))
        self.assertIn("later than all others", fields["name"]["why"])
        self.assertEqual([(o["source"], o["value"]) for o in fields["name"]["others"]], [("crm", "Person 1")])
        text = self.folder.run("contacts", "provenance", str(people[1]["id"])).out
        self.assertIn("crm said Person 1 at " + at(20), text)
        timeline = self.folder.json("contacts", "timeline", str(people[1]["id"]))
        self.assertIn("page.viewed", [event["type"] for event in timeline])

        # Another rule: the CRM's word before the shop's, and nothing does not overwrite something.
        answer = self.folder.json("contacts", "rules", "set", "name", "source_priority", "--source", "crm,shop")
        self.assertEqual((answer["contacts"], answer["changed"]), (PEOPLE, PEOPLE // 2))
        self.folder.json("contacts", "rules", "set", "job_title", "non_empty")
        for i, person in enumerate(self.people("name, job_title")):
            self.assertEqual((person["name"], person["job_title"]), (f"Person {i}", "Clerk"))
        rules = {rule["field"]: rule for rule in self.folder.json("contacts", "rules")}
        self.assertEqual((rules["name"]["rule"], rules["name"]["sources"]), ("source_priority", ["crm", "shop"]))
        self.assertTrue(rules["phone"]["is_usual"])
        _, fields = self.provenance(str(people[1]["id"]))
        self.assertIn("crm is number 1", fields["name"]["why"])
        self.folder.json("contacts", "rules", "unset", "name")
        self.assertEqual(self.people("name")[1]["name"], "P. 1")

        # An identity is taken off with what came by it, and stays off.
        identity = next(each["id"] for each in told["identities"] if each["namespace"] == "cookie")
        refused = self.folder.run("--json", "contacts", "unstitch", identity)
        self.assertEqual(refused.code, 1)  # nobody was there to ask
        parted = self.folder.json("--yes", "contacts", "unstitch", identity)
        self.assertEqual(self.contact("cookie", "k1")["id"], parted["contact"])
        self.assertEqual(self.contact("shop", "s1")["id"], parted["from"])
        later = message("web", 9999, at(50), [("cookie", "k1", "asserted"), ("shop", "s1", "verified")])
        self.ingest([later])
        self.assertEqual(self.contact("cookie", "k1")["id"], parted["contact"])

    def test_a_stitch_is_undone_exactly(self):
        self.ingest([
            message("web", 1, at(1), [("cookie", "k", "asserted")], fields={"locale": "de"}, event={"type": "page.viewed"}),
            message("crm", 1, at(2), [("crm", "c", "verified")], fields={"name": "Ada", "locale": "fr"}),
        ])
        visitor, ada = self.contact("cookie", "k"), self.contact("crm", "c")
        self.assertEqual((visitor["lifecycle"], visitor["name"]), ("anonymous", "Anonymous"))
        self.ingest([message("web", 2, at(3), [("cookie", "k", "asserted"), ("crm", "c", "verified")])])
        self.assertEqual(self.contact("cookie", "k")["id"], ada["id"])
        merge = self.folder.json("records", "merge", "list")[0]
        self.assertEqual(merge["reason"], "web names both in its message web-2")
        self.folder.json("--yes", "undo", merge["id"])
        same = lambda contact: {k: v for k, v in contact.items() if k not in ("version", "updated_at")}
        self.assertEqual(same(self.contact("cookie", "k")), same(visitor))
        self.assertEqual(same(self.contact("crm", "c")), same(ada))

    def test_what_is_wrong_is_told_with_its_line(self):
        text = json.dumps(message("web", 1, at(1), [("cookie", "k", "asserted")])) + "\nnot json\n" + json.dumps(
            message("web", 2, at(1), [("email", "nonsense", "asserted")])
        )
        answer = self.folder.run("--json", "contacts", "ingest", self.folder.write("messages.jsonl", text))
        self.assertEqual(answer.code, 3)
        totals = answer.json()
        self.assertEqual((totals["taken"], totals["refused"]), (1, 2))
        self.assertEqual([(e["line"], bool(e["message"])) for e in totals["errors"]], [(2, True), (3, True)])
        self.assertEqual(totals["errors"][1]["where"], "/identities/0/value")
        unknown = self.folder.run("--json", "contacts", "identify", "cookie", "other")
        self.assertEqual(unknown.error()["key"], "identities.unknown")

    def test_one_contact_has_an_identity_and_erasure_takes_all(self):
        self.ingest([message("crm", 1, at(1), [("crm", "c", "verified")], fields={"name": "Ada Lovelace"})])
        ada = self.contact("crm", "c")["id"]
        other = self.folder.json("contacts", "create", '{"name": "Bob"}')["id"]
        identity = json.dumps({"contact": other, "namespace": " CRM", "value": "c "})
        refused = self.folder.run("--json", "records", "identity", "create", identity)
        self.assertEqual(refused.error()["key"], "identity_taken")
        self.assertIn(f"of contact {ada}", refused.error()["message"])
        # All that sources said is exported and erased with the person.
        exported = json.loads(self.folder.run("contacts", "export-subject", ada).out)
        held = {each["type"]: each["records"] for each in exported["types"]}
        self.assertIn("Lovelace", json.dumps(held["source_profile"]))
        self.assertEqual(len(held["identity"]), 1)
        self.folder.json("--yes", "call", "contacts.erase_subject", json.dumps({"contact": ada}))
        self.assertEqual(self.folder.json("query", "SELECT content FROM source_profile"), [])
        self.assertEqual(self.folder.run("--json", "contacts", "identify", "crm", "c").code, 1)
        self.assertNotIn(b"Lovelace", (self.folder.data / "mortise.db").read_bytes())
        self.ingest([message("crm", 2, at(2), [("crm", "c", "verified")])])
        self.assertNotEqual(self.contact("crm", "c")["id"], ada)


if __name__ == "__main__":
    support.main()
