#!/usr/bin/env python3
"""Takes real deals in through the mappings of plugins/pipelines, and compares every figure that the plugin and SQL give
with what this file computes from the CSV files alone."""

import argparse
import collections
import csv
import decimal
import json
import pathlib
import sys
import time

from support import Folder, Serving

SKIPPED = 77
FILES = ["accounts.csv", "products.csv", "sales_teams.csv", "sales_pipeline.csv"]

# The same spellings that the mappings mend, written down once more.
PRODUCTS = {"GTXPro": "GTX Pro"}
SECTORS = {"technolgy": "technology"}


class Deals:
    """The files, read without Mortise."""

    def __init__(self, folder):
        def rows(name):
            with open(folder / name, newline="", encoding="utf-8") as file:
                return list(csv.DictReader(file))

        self.accounts = {row["account"]: row for row in rows("accounts.csv")}
        self.teams = {row["sales_agent"]: row for row in rows("sales_teams.csv")}
        self.deals = rows("sales_pipeline.csv")

    def closed(self):
        return [deal for deal in self.deals if deal["deal_stage"] in ("Won", "Lost")]

    def account(self, deal):
        return self.accounts.get(deal["account"])

    def sector(self, deal):
        account = self.account(deal)
        return SECTORS.get(account["sector"], account["sector"]) if account else None

    def groups(self, by):
        """The heading of a closed deal, for each dimension."""
        return {
            "agent": lambda deal: deal["sales_agent"],
            "manager": lambda deal: self.teams[deal["sales_agent"]]["manager"],
            "region": lambda deal: self.teams[deal["sales_agent"]]["regional_office"],
            "product": lambda deal: PRODUCTS.get(deal["product"], deal["product"]),
            "sector": self.sector,
            "organisation": lambda deal: deal["account"] or None,
            "quarter": lambda deal: deal["close_quarter"],
        }[by]

    def win_rates(self, by):
        won, lost = collections.Counter(), collections.Counter()
        for deal in self.closed():
            (won if deal["deal_stage"] == "Won" else lost)[self.groups(by)(deal)] += 1
        return {label: (won[label], lost[label], rate(won[label], lost[label])) for label in {*won, *lost}}

    def won_sums(self, by):
        sums = collections.Counter()
        for deal in self.closed():
            if deal["deal_stage"] == "Won":
                sums[self.groups(by)(deal)] += int(deal["close_value"])
        return dict(sums)


def rate(won, lost):
    share = decimal.Decimal(won) / decimal.Decimal(won + lost)
    return str(share.quantize(decimal.Decimal("0.0001"), rounding=decimal.ROUND_HALF_UP))


def dollars(amount):
    return {"amount": f"{amount}.00", "currency": "USD"}


class Mortise:
    """The program on a fresh data folder."""

    def __init__(self, folder):
        self.folder = folder

    def run(self, *arguments):
        return self.folder.json(*arguments)

    def call(self, command, arguments=None):
        return self.run("--yes", "call", command, json.dumps(arguments or {}))

    def query(self, sql):
        return self.run("query", sql)


def wait_until(true, seconds=60):
    end = time.monotonic() + seconds
    while not true() and time.monotonic() < end:
        time.sleep(0.2)


class Findings:
    """What was compared, and what differs."""

    def __init__(self):
        self.compared = 0
        self.differing = []

    def equal(self, what, found, expected):
        self.compared += 1
        if found != expected:
            self.differing.append(f"{what}: found {found!r} when it should be {expected!r}")


def take_in(mortise, mappings, deals, findings):
    mortise.run("plugins", "enable", "mortise.pipelines")
    stages = mortise.query("SELECT s.name AS name FROM stage s ORDER BY s.position")
    names = ["Prospecting", "Engaging", "Proposal", "Negotiation", "Won", "Lost"]
    findings.equal("stages of the first pipeline", [row["name"] for row in stages], names)
    for file, mapping, rows in [
        ("accounts.csv", "accounts.json", 85),
        ("accounts.csv", "accounts.json", 85),  # once more, so that every parent is found
        ("products.csv", "products.json", 7),
        ("sales_teams.csv", "teams.json", 35),
        ("sales_pipeline.csv", "deals.json", 8800),
    ]:
        done = mortise.run("import", deals / file, "--map", mappings / mapping, "--mode", "upsert")
        findings.equal(f"{file}: read", done["read"], rows)
        findings.equal(f"{file}: refused", done["refused"], 0)


def check_counts(mortise, findings):
    def count(sql):
        return mortise.query(f"SELECT count(*) AS n FROM {sql}")[0]["n"]

    findings.equal("organisations", count("contact WHERE kind = 'organisation'"), 85)
    findings.equal("organisations of another", count("contact WHERE organisation IS NOT NULL"), 15)
    findings.equal("opportunities", count("opportunity"), 8800)
    by_stage = "opportunity o JOIN stage s ON s.id = o.stage WHERE s.name = "
    for stage, expected in [("Won", 4238), ("Lost", 2473), ("Engaging", 1589), ("Prospecting", 500)]:
        findings.equal(f"{stage} by SQL", count(f"{by_stage}'{stage}'"), expected)
    findings.equal("won by status", count("opportunity WHERE status = 'won'"), 4238)
    findings.equal("lost by status", count("opportunity WHERE status = 'lost'"), 2473)
    findings.equal("without an account by SQL", count("opportunity WHERE organisation IS NULL"), 1425)
    listed = mortise.call("pipelines.pipeline_by_stage")["stages"]
    counts = {line["stage"]: line["count"] for line in listed}
    expected = {"Prospecting": 500, "Engaging": 1589, "Proposal": 0, "Negotiation": 0, "Won": 4238, "Lost": 2473}
    findings.equal("pipeline by stage", counts, expected)


def check_figures(mortise, data, findings):
    sums = mortise.query(
        "SELECT amount_currency AS currency, sum(amount_minor) AS minor FROM opportunity WHERE status = 'won' "
        "GROUP BY amount_currency"
    )
    findings.equal("won sum by SQL", sums, [{"currency": "USD", "minor": 1_000_553_400}])
    won = mortise.call("pipelines.won_sum")
    findings.equal("won sum", (won["count"], won["sum"]), (4238, dollars(10_005_534)))
    rates = mortise.call("pipelines.win_rate")
    findings.equal("win rate", (rates["won"], rates["lost"], rates["rate"]), (4238, 2473, "0.6315"))
    for by in ["agent", "manager", "region", "product", "sector", "organisation", "quarter"]:
        groups = mortise.call("pipelines.win_rate", {"by": by})["groups"]
        found = {line["label"]: (line["won"], line["lost"], line["rate"]) for line in groups}
        for label, expected in data.win_rates(by).items():
            findings.equal(f"win rate of {by} {label}", found.pop(label, None), expected)
        findings.equal(f"further groups by {by}", found, {})
        groups = mortise.call("pipelines.won_sum", {"by": by})["groups"]
        found = {line["label"]: line["sum"] for line in groups}
        expected = {label: dollars(amount) for label, amount in data.won_sums(by).items()}
        findings.equal(f"won sums by {by}", found, expected)
    same = mortise.query(
        "SELECT a.region AS region, count(*) FILTER (WHERE o.status = 'won') AS won, "
        "count(*) FILTER (WHERE o.status = 'lost') AS lost FROM opportunity o "
        "LEFT JOIN sales_agent a ON a.id = o.agent WHERE o.status IN ('won', 'lost') GROUP BY a.region"
    )
    by_sql = {row["region"]: (row["won"], row["lost"], rate(row["won"], row["lost"])) for row in same}
    findings.equal("win rates by region, by SQL", by_sql, data.win_rates("region"))


def check_unassigned(mortise, findings):
    """Every deal without an account is listed, and can be given one."""
    listed, after = [], None
    while True:
        page = mortise.call("pipelines.opportunities_without_account", {"limit": 500, **({"after": after} if after else {})})
        listed += [line["opportunity"] for line in page["opportunities"]]
        after = page["next"]
        if after is None:
            break
    findings.equal("listed without an account", (len(listed), len(set(listed)), page["total"]), (1425, 1425, 1425))
    mend = {"opportunities": listed[:25], "organisation": "Cancity"}
    findings.equal("assigned", mortise.call("pipelines.assign_account", mend)["assigned"], 25)
    left = mortise.call("pipelines.opportunities_without_account", {"limit": 1})
    findings.equal("left without an account", left["total"], 1400)


def check_life(mortise, findings):
    """One deal through its stages, with a host that serves."""
    rows = mortise.query

    def written():
        return rows("SELECT count(*) AS n FROM stage_history")[0]["n"]

    with Serving(mortise.folder):
        wait_until(lambda: written() >= 8800)
        findings.equal("rows of history after the import", written(), 8800)
        deal = mortise.call("pipelines.create_opportunity", {"name": "500 seats", "amount": "12000.50"})["opportunity"]
        mortise.call("pipelines.move_opportunity", {"opportunity": deal, "stage": "Negotiation"})
        mortise.call("pipelines.win_opportunity", {"opportunity": deal, "close_date": "2018-01-05"})
        mortise.call("pipelines.reopen_opportunity", {"opportunity": deal})
        mortise.call("pipelines.lose_opportunity", {"opportunity": deal, "reason": "budget"})
        steps = (
            "SELECT f.name AS source, t.name AS target, h.amount_after_minor AS minor FROM stage_history h "
            "LEFT JOIN stage f ON f.id = h.from_stage LEFT JOIN stage t ON t.id = h.to_stage "
            f"WHERE h.opportunity = {deal} ORDER BY h.event_number"
        )
        wait_until(lambda: len(rows(steps)) >= 5)
        path = ["Prospecting", "Negotiation", "Won", "Negotiation", "Lost"]
        expected = [
            {"source": source, "target": target, "minor": 1_200_050} for source, target in zip([None, *path], path)
        ]
        findings.equal("the deal's history", rows(steps), expected)
        state = rows(f"SELECT status, lost_reason, probability FROM opportunity WHERE id = {deal}")[0]
        findings.equal("the deal's state", (state["status"], state["lost_reason"]), ("lost", "budget"))
        events = [event["type"] for event in mortise.run("events", "list", "--subject", deal, "--limit", 100)]
        for event in ["opportunity.won", "opportunity.reopened", "opportunity.lost"]:
            findings.equal(f"{event} of the deal", sum(event in each for each in events), 1)
        stage = rows("SELECT id FROM stage WHERE name = 'Lost'")[0]["id"]
        refused = mortise.folder.run("--json", "records", "stage", "delete", stage)
        findings.equal("deleting a stage in use", (refused.code, "move them" in refused.err), (1, True))


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    for name in ("mappings", "deals"):
        parser.add_argument(f"--{name}", type=pathlib.Path, required=True)
    given = parser.parse_args()
    if not all((given.deals / name).is_file() for name in FILES):
        print(f"skipped: the sales data is not at {given.deals}")
        return SKIPPED
    data, findings = Deals(given.deals), Findings()
    folder = Folder()
    try:
        mortise = Mortise(folder)
        take_in(mortise, given.mappings, given.deals, findings)
        check_counts(mortise, findings)
        check_figures(mortise, data, findings)
        check_unassigned(mortise, findings)
        check_life(mortise, findings)
    finally:
        folder.close()
    print(*findings.differing, sep="\n")
    print(f"{findings.compared} figures compared, {len(findings.differing)} differ")
    return 1 if findings.differing else 0


if __name__ == "__main__":
    sys.exit(main())
