#!/usr/bin/env python3
"""A sales team at work with the real program: a lead becomes a deal, the deal gets products, and the forecast says what
changed; what went wrong is taken back. And a database of the plugin's first version is taken over."""

import getpass
import gzip
import json
import pathlib
import shutil
import sqlite3
import time

from support import PATIENCE, FolderTest, Serving, main

FIRST_VERSION = pathlib.Path(__file__).parent / "data" / "pipelines-0.1.db.gz"


def minor(money):
    """Cents of an amount, without floating point."""
    return int(money["amount"].replace(".", ""))


class Selling(FolderTest):
    def call(self, name, arguments=None, *options):
        return self.folder.json("--yes", "call", f"pipelines.{name}", *options, json.dumps(arguments or {}))

    def refusal(self, name, arguments):
        answer = self.folder.run("--json", "--yes", "call", f"pipelines.{name}", json.dumps(arguments))
        self.assertEqual(answer.code, 1, answer.out)
        return answer.error()["message"]

    def show(self, type, id):
        return self.folder.json("records", type, "show", id)

    def make(self, type, values):
        return self.folder.json("records", type, "create", json.dumps(values))["id"]

    def take_snapshot(self):
        self.call("take_snapshot")
        end = time.monotonic() + PATIENCE
        while any(job["state"] in ("waiting", "running") for job in self.folder.json("jobs")):
            self.assertLess(time.monotonic(), end, "the jobs do not end")
        self.assertEqual([j for j in self.folder.json("jobs") if j["state"] == "failed"], [])
        return self.folder.json("query", "SELECT max(day) AS day FROM forecast_day")[0]["day"]

    def changes(self, since):
        """Kind of change to amount, of a forecast that has dollars alone; start and changes make up the end."""
        told = self.call("forecast_changes", {"since": since})
        lines = [line for line in told["lines"] if line["currency"]]
        self.assertLessEqual({line["currency"] for line in lines}, {"USD"})
        for line in lines:
            moved = sum(minor(change["amount"]) for change in line["changes"])
            self.assertEqual(minor(line["start"]) + moved, minor(line["end"]), line)
        return {c["change"]: c["amount"]["amount"] for line in lines for c in line["changes"]}

    def assert_amount(self, deal, expected):
        """A handler sums up the lines a moment after they were written."""
        end = time.monotonic() + PATIENCE
        while self.amount(deal) != expected and time.monotonic() < end:
            time.sleep(0.05)
        self.assertEqual(self.amount(deal), expected)

    def amount(self, deal):
        return self.show("opportunity", deal)["amount"]["amount"]


class ATeam(Selling):
    def setUp(self):
        super().setUp()
        self.folder.json("plugins", "enable", "mortise.pipelines")
        self.make("product", {"name": "Server", "list_price": "1200 USD"})
        self.make("product", {"name": "Care", "list_price": "33.33 USD"})

    def test_shares_its_pipeline_and_not_its_deals(self):
        deal = self.call("create_opportunity", {"name": "Secret", "amount": "100"})["opportunity"]
        self.folder.json("users", "add", "anna", "--scope", "own")
        anna = lambda *words: self.folder.json("--user", "anna", "--yes", *words)
        hers = anna("call", "pipelines.create_opportunity", json.dumps({"name": "Hers", "amount": "7"}))["opportunity"]
        self.assertEqual([r["name"] for r in anna("query", "SELECT name FROM opportunity")], ["Hers"])
        self.assertGreater(len(anna("records", "stage", "list")), 3, "stages belong to whom set up the plugin")
        self.assertEqual(anna("records", "opportunity", "show", hers)["name"], "Hers")
        hidden = self.folder.run("--json", "--user", "anna", "records", "opportunity", "show", deal)
        self.assertEqual(hidden.error()["code"], "not_found", hidden.out)
        stage = anna("records", "stage", "list")[0]["id"]
        answer = self.folder.run("--json", "--user", "anna", "records", "stage", "update", stage, '{"name":"Mine"}')
        self.assertEqual(answer.error()["code"], "denied", answer.out)

    def test_takes_a_lead_to_a_won_deal(self):
        old = self.call("create_opportunity", {"name": "Old", "amount": "100"})["opportunity"]
        with Serving(self.folder):
            day = self.take_snapshot()
            lead = self.call("create_lead", {"name": "Anna Bell", "company": "Acme", "email": "anna@acme.example"})["lead"]
            planned = self.call("convert_lead", {"lead": lead}, "--dry-run")
            self.assertEqual(planned["contact"]["action"], "create")
            self.assertEqual(self.folder.json("contacts", "list"), [])
            deal = self.call("convert_lead", {"lead": lead})["opportunity"]["opportunity"]
            self.assertEqual(sorted(c["name"] for c in self.folder.json("contacts", "list")), ["Acme", "Anna Bell"])
            self.call("add_line", {"opportunity": deal, "product": "Server", "quantity": 2, "discount": "10"})
            self.call("add_line", {"opportunity": deal, "product": "Care", "period": "month", "term_months": 24})
            self.assert_amount(deal, "2959.92")  # 2160.00, and 24 times 33.33
            self.folder.json("records", "opportunity", "update", old, '{"amount": "80.50 USD"}')
            self.assertEqual(self.changes(day), {"added": "2959.92", "amount_down": "-19.50"})
            self.call("win_opportunity", {"opportunity": deal})
            self.call("win_opportunity", {"opportunity": old, "amount": "81.00"})
            self.assertEqual(self.changes(day), {"amount_down": "-19.00", "won": "-81.00"})
            self.assertEqual(self.call("won_sum")["sum"]["amount"], "3040.92")
            total = self.call("forecast")["total"]
            self.assertEqual(total["closed"]["sums"][0]["amount"], "3040.92")

    def test_takes_back_what_went_wrong(self):
        lead = self.call("create_lead", {"name": "Anna Bell", "company": "Acme"})["lead"]
        self.call("convert_lead", {"lead": lead})
        self.assertEqual(len(self.call("undo_conversion", {"lead": lead})["deleted"]), 3)
        self.assertEqual(self.folder.json("contacts", "list"), [])
        self.assertEqual(self.show("lead", lead)["status"], "new")

        first = self.call("create_opportunity", {"name": "First"})["opportunity"]
        second = self.call("create_opportunity", {"name": "Second", "source": "fair"})["opportunity"]
        self.call("add_line", {"opportunity": first, "product": "Server"})
        self.call("add_line", {"opportunity": second, "product": "Care", "quantity": "1.5"})
        self.call("merge_opportunities", {"opportunity": first, "others": [second]})
        self.assert_amount(first, "1250.00")
        self.assertEqual(self.folder.run("records", "opportunity", "show", second).code, 1)
        history = self.folder.json("records", "opportunity", "history", first)
        merged = next(version["since"] for version in history if version.get("source") == "fair")
        self.folder.json("--yes", "undo", merged, "--kind", "transaction", "--force")
        self.assert_amount(first, "1200.00")  # each run delivers what waits: a sum begun before may be written once more
        self.assert_amount(second, "50.00")
        self.assertIsNone(self.show("opportunity", first).get("source"))

    def test_gives_work_to_who_is_there(self):
        for name in ("Ann", "Bob"):
            self.make("sales_agent", {"name": name})
        for number in range(4):
            self.call("create_lead", {"name": f"Lead {number}"})
        self.assertEqual(self.call("reassign", {}, "--dry-run")["count"], 4)
        shares = {a["name"]: a["count"] for a in self.call("reassign")["agents"]}
        self.assertEqual(shares, {"Ann": 2, "Bob": 2})
        ann = self.folder.json("records", "sales_agent", "list", "--where", "name=Ann")[0]["id"]
        with Serving(self.folder):
            self.folder.json("records", "sales_agent", "update", ann, '{"active": false}')
            end = time.monotonic() + PATIENCE
            while self.waiting() < 2:
                self.assertLess(time.monotonic(), end, "what Ann had does not come into the queue")
            self.assertEqual(self.call("reassign", {"to": "Bob"})["count"], 2)
            self.assertIn("not active", self.refusal("reassign", {"from": "Bob", "to": "Ann"}))
        self.assertEqual(self.waiting(), 0)

    def waiting(self):
        return int(self.folder.json("query", "SELECT count(*) AS leads FROM lead WHERE agent IS NULL")[0]["leads"])


class FirstVersion(Selling):
    initialise = True

    def test_is_taken_over(self):
        """A database that the plugin's version 0.1 made: nothing is lost, and what is new is filled in."""
        database = self.folder.data / "mortise.db"
        for path in self.folder.data.glob("*.db*"):
            path.unlink()
        with gzip.open(FIRST_VERSION) as packed, open(database, "wb") as file:
            shutil.copyfileobj(packed, file)
        with sqlite3.connect(database) as connection:  # whoever runs this test is the user that made it
            connection.execute('UPDATE "mt$user" SET os_user = ?', (getpass.getuser(),))
        connection.close()
        plugin = next(p for p in self.folder.json("plugins", "list") if p["id"] == "mortise.pipelines")
        self.assertEqual(plugin["state"], "active")
        deals = {d["name"]: d for d in self.folder.json("records", "opportunity", "list", "--all")}
        self.assertEqual(
            {name: (d["status"], d["forecast_category"]) for name, d in deals.items()},
            {"Open": ("open", "commit"), "Held": ("open", "pipeline"), "Won": ("won", "closed"), "Lost": ("lost", "omitted")},
        )
        self.assertEqual(deals["Won"]["base_amount"], {"amount": "99.50", "currency": "USD"})
        self.assertEqual(deals["Lost"]["lost_reason"], "price")
        history = self.folder.json("query", "SELECT count(*) AS rows FROM stage_history")
        self.assertEqual(str(history[0]["rows"]), "6")
        self.assertEqual(self.call("win_rate")["rate"], "0.5000")
        self.call("move_opportunity", {"opportunity": deals["Held"]["id"], "stage": "Proposal"})
        self.assertIn("contacts.write", json.dumps(self.folder.json("plugins", "info", "mortise.pipelines")))


if __name__ == "__main__":
    main()
