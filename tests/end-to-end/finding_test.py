"""Search, contact points and fields of one's own, through the command line."""

import support


class Finding(support.FolderTest):
    def contact(self, values):
        return self.folder.json("contacts", "create", support.json.dumps(values))["id"]

    def found(self, *text):
        return [hit["title"] for hit in self.folder.json("search", *text)]

    def test_search_points_and_own_fields(self):
        ada = self.contact({"name": "Zoë Kowalska", "email": "Zoe@Example.com"})
        self.contact({"name": "Zorro", "country": "Spain"})

        self.assertEqual(self.found("zoe", "kow"), ["Zoë Kowalska"])
        self.assertEqual(self.found("zo"), ["Zorro", "Zoë Kowalska"])
        self.assertEqual(self.found("zoe@exam"), ["Zoë Kowalska"])
        self.assertEqual(self.found("nobody"), [])

        # A second address finds the contact, and becomes its first one when it is marked so.
        point = {"contact": ada, "kind": "email", "value": "kowalska@work.example"}
        second = self.folder.json("records", "contact_point", "create", support.json.dumps(point))["id"]
        self.assertEqual(self.found("kowalska@work"), ["Zoë Kowalska"])
        marked = self.folder.json("records", "contact_point", "update", second, '{"is_primary": true}')
        self.assertEqual(self.folder.json("contacts", "show", ada)["email"], "kowalska@work.example")
        history = self.folder.json("contacts", "history", ada)
        self.assertEqual([v.get("email") for v in history], ["zoe@example.com", "kowalska@work.example"])
        self.assertEqual(history[-1]["since"], marked["transaction"])
        self.folder.json("--yes", "undo", marked["transaction"], "--kind", "transaction")
        self.assertEqual(self.folder.json("contacts", "show", ada)["email"], "zoe@example.com")
        points = self.folder.json("records", "contact_point", "list", "--where", "is_primary=true")
        self.assertEqual([p["value"] for p in points], ["zoe@example.com"])

        # A field of one's own is there at once.
        field = {"name": "favourite", "kind": "text", "label": "Favourite", "searchable": True, "indexed": True}
        self.folder.json("types", "contact", "add-field", support.json.dumps(field))
        before = self.folder.json("contacts", "show", ada)["version"]
        self.folder.json("contacts", "update", ada, '{"favourite": "Marzipan"}')
        self.assertEqual(self.found("marzi"), ["Zoë Kowalska"])
        listed = self.folder.json("contacts", "list", "--where", "favourite=Marzipan")
        self.assertEqual([c["id"] for c in listed], [ada])
        rows = self.folder.json("query", "SELECT favourite FROM contact WHERE favourite IS NOT NULL")
        self.assertEqual([list(r.values()) if isinstance(r, dict) else r for r in rows], [["Marzipan"]])
        csv = self.folder.write("more.csv", "name,favourite\nBea,Nougat\n")
        self.assertEqual(self.folder.json("import", csv)["created"], 1)
        self.assertEqual(self.found("nougat"), ["Bea"])

        refused = self.folder.run("--json", "contacts", "update", ada, '{"favourite": "x"}', "--version", before)
        self.assertEqual(refused.code, 1)
        self.assertEqual(refused.error()["code"], "conflict")

        self.folder.json("types", "contact", "archive-field", "favourite")
        refused = self.folder.run("--json", "contacts", "update", ada, '{"favourite": "x"}')
        self.assertEqual(refused.error()["where"], "favourite")
        self.assertEqual(self.folder.json("contacts", "show", ada)["favourite"], "Marzipan")

    def test_identities_are_unique(self):
        ada = self.contact({"name": "Ada"})
        identity = support.json.dumps({"contact": ada, "namespace": "shop", "value": "17"})
        first = self.folder.json("records", "identities", "create", identity)["id"]
        refused = self.folder.run("--json", "records", "identities", "create", identity)
        self.assertEqual(refused.code, 1)
        self.assertIn(f"identity {first} of contact {ada} has", refused.error()["message"])

    def test_wrong_questions_are_explained(self):
        refused = self.folder.run("--json", "search", "x", "--type", "nothing")
        self.assertEqual(refused.code, 1)
        self.assertIn("contact", refused.error()["hint"])
        refused = self.folder.run("--json", "contacts", "list", "--where", "contry=Spain")
        self.assertIn("country", refused.error()["hint"])
        self.assertEqual(self.folder.run("contacts", "list", "--where", "country").code, 2)

    def test_search_catches_up_after_a_kill(self):
        with support.Serving(self.folder) as server:
            for i in range(20):
                self.contact({"name": f"Survivor {i}"})
            server.stop(support.signal.SIGKILL)
        self.assertEqual(len(self.found("survivor")), 20)
        self.assertEqual(self.folder.json("status")["search"]["problem"], "")


if __name__ == "__main__":
    support.main()
