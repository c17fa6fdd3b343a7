#!/usr/bin/env python3
"""A person is erased with the real program and plugins: nothing of them is in any file of the data folder."""

import json
import time

from support import PATIENCE, FolderTest, Serving, main

MARK = "Zqxmarker"


class Erasure(FolderTest):
    def call(self, name, arguments, *options):
        return self.folder.json("--yes", "call", name, *options, json.dumps(arguments))

    def settle(self):
        end = time.monotonic() + PATIENCE
        while any(one["lag"] for one in self.folder.json("status")["subscriptions"]):
            self.assertLess(time.monotonic(), end, "events are not handled")
            time.sleep(0.05)

    def wait_for_jobs(self):
        end = time.monotonic() + PATIENCE
        while any(job["state"] in ("waiting", "running") and "scan" in job["name"] for job in self.folder.json("jobs")):
            self.assertLess(time.monotonic(), end, "the jobs do not end")
            time.sleep(0.05)

    def files_with(self, text):
        found = []
        for path in self.folder.data.rglob("*"):
            if path.is_file() and text.lower().encode() in path.read_bytes().lower():
                found.append(path.name)
        return found

    def test_leaves_nothing_of_a_person_with_deals_mail_and_segments(self):
        for plugin in ("pipelines", "segmentation", "email"):
            self.folder.json("plugins", "enable", f"mortise.{plugin}")
        person = self.folder.json("contacts", "create", json.dumps(
            {"given_name": MARK, "family_name": "Tester", "email": f"{MARK}@example.com", "kind": "person"}))["id"]
        firm = self.folder.json("contacts", "create", '{"kind": "organisation", "name": "Acme"}')["id"]
        self.folder.json("contacts", "update", person, json.dumps({"nickname": f"Old {MARK}", "organisation": firm}))
        deal = self.call("pipelines.create_opportunity", {"name": "Deal", "amount": "100", "organisation": firm})["opportunity"]
        self.folder.json("records", "opportunity_contact", "create", json.dumps({"opportunity": deal, "contact": person}))
        with Serving(self.folder):
            self.call("segmentation.create_segment", {
                "name": "All", "definition": {"field": "kind", "is": "eq", "value": "person"}})
            self.folder.json("--yes", "contacts", "duplicates", "scan")
            self.wait_for_jobs()
            told = self.call("contacts.erase_subject", {"contact": person}, "--dry-run")
            self.assertIn("contact", [one["type"] for one in told["types"]])
            self.assertTrue(self.files_with(MARK), "planted")
            erased = self.call("contacts.erase_subject", {"contact": person, "reason": "request 1"})
            self.assertTrue(erased["log_cut"])
            self.assertEqual(self.folder.json("search", MARK), [])
            self.wait_for_jobs()
            self.settle()
            self.assertEqual(self.folder.json("records", "opportunity", "show", deal)["name"], "Deal")
        self.assertEqual(self.files_with(MARK), [])
        self.assertEqual(len(self.folder.json("records", "erasure", "list")), 1)
        self.assertEqual(self.folder.run("verify").code, 0)


if __name__ == "__main__":
    main()
