#!/usr/bin/env python3
"""Takes real purchases in as events and compares segments by recency, frequency and money with what this file computes
from the text alone."""

import argparse
import calendar
import collections
import json
import pathlib
import shutil
import sys
import time

from support import Folder, Serving
from sales_pipeline_test import Findings, Mortise, SKIPPED, wait_until

ORDERS_AT_ONCE = 4000


def read_purchases(path):
    """Rows of customer, day (seconds since 1970), number of items, dollars as cents. Rows that repeat are real."""
    with open(path, encoding="utf-8") as file:
        next(file)
        for line in file:
            customer, day, items, dollars = line.split()
            at = calendar.timegm(time.strptime(day, "%Y%m%d"))
            yield customer, at, int(items), round(float(dollars) * 100)


class Customers:
    """What the file says of each customer."""

    def __init__(self, purchases):
        self.count = collections.Counter()
        self.cents = collections.Counter()
        self.latest = {}
        self.first = {}
        self.large = collections.Counter()
        for customer, at, items, cents in purchases:
            self.count[customer] += 1
            self.cents[customer] += cents
            self.latest[customer] = max(self.latest.get(customer, 0), at)
            self.first[customer] = min(self.first.get(customer, at), at)
            self.large[customer] += items >= 5

    def how_many(self, true):
        return sum(1 for customer in self.count if true(customer))


def orders(measure, where=None, within=None):
    clause = {"events": "order.placed", "measure": measure}
    return {**clause, **({"where": where} if where else {}), **({"within": within} if within else {})}


def day(text):
    return calendar.timegm(time.strptime(text, "%Y-%m-%d"))


def segments(known):
    """Name, definition, and how many the file says there are."""
    frequent = orders({"of": "count", "is": "ge", "value": 5})
    valuable = orders({"of": "sum", "data": "total", "is": "ge", "value": 200})
    recent = orders({"of": "latest", "is": "ge", "value": "1998-04-01"})
    return [
        ("Frequent", frequent, known.how_many(lambda c: known.count[c] >= 5)),
        ("Valuable", valuable, known.how_many(lambda c: known.cents[c] >= 20_000)),
        ("Recent", recent, known.how_many(lambda c: known.latest[c] >= day("1998-04-01"))),
        ("Early", orders({"of": "first", "is": "lt", "value": "1997-02-01"}),
         known.how_many(lambda c: known.first[c] < day("1997-02-01"))),
        ("Best", {"all": [frequent, valuable, recent]},
         known.how_many(lambda c: known.count[c] >= 5 and known.cents[c] >= 20_000
                        and known.latest[c] >= day("1998-04-01"))),
        ("Once", orders({"of": "count", "is": "eq", "value": 1}), known.how_many(lambda c: known.count[c] == 1)),
        ("Large baskets, never", {"not": orders({"of": "count", "is": "ge", "value": 1},
                                               where=[{"data": "items", "is": "ge", "value": 5}])},
         known.how_many(lambda c: known.large[c] == 0)),
    ]


def take_in(mortise, folder, purchases):
    """Customers as contacts, purchases as events; gives the id of each customer."""
    names = sorted({customer for customer, *_ in purchases})
    lines = "name,external_id\n" + "".join(f"Customer {name},{name}\n" for name in names)
    mortise.run("import", folder.write("customers.csv", lines), "--type", "contact")
    ids = {row["external_id"]: row["id"] for row in mortise.query("SELECT id, external_id FROM contact")}
    for start in range(0, len(purchases), ORDERS_AT_ONCE):
        batch = [
            {"contact": str(ids[customer]), "at": at, "items": items, "total": cents / 100}
            for customer, at, items, cents in purchases[start:start + ORDERS_AT_ONCE]
        ]
        answer = folder.run("--json", "--yes", "call", "orders.place", "-", input=json.dumps({"orders": batch}))
        assert answer.code == 0, answer.err
    return ids


def rankings(known, ids):
    """Name, definition, and who the file says is in: of equals the older contact, so that exactly as many are."""
    def first(figure, count, among=lambda customer: True):
        return {int(ids[c]) for c in sorted(filter(among, known.count), key=lambda c: (figure(c), int(ids[c])))[:count]}

    spent = orders({"of": "sum", "data": "total"})
    recent = orders({"of": "latest", "is": "ge", "value": "1998-04-01"})
    return [
        ("First hundred", {"top": {"count": 100, "by": spent}}, first(lambda c: -known.cents[c], 100)),
        ("First percent by orders", {"top": {"percent": 1, "by": {"events": "order.placed"}}},
         first(lambda c: -known.count[c], -(-len(known.count) // 100))),
        ("Least of the recent", {"top": {"count": 50, "by": spent, "among": recent, "lowest": True}},
         first(lambda c: known.cents[c], 50, lambda c: known.latest[c] >= day("1998-04-01"))),
    ]


def check_rankings(mortise, known, ids, findings):
    for name, definition, expected in rankings(known, ids):
        began = time.monotonic()
        counted = mortise.call("segmentation.preview", {"definition": definition, "sample": 0})["count"]
        print(f"{name}: counted in {time.monotonic() - began:.2f} s")
        findings.equal(f"{name}: counted", counted, len(expected))
        mortise.call("segmentation.create_segment", {"name": name, "definition": definition})
        wait_until(lambda: mortise.query(f"SELECT state AS s FROM segment WHERE name = '{name}'")[0]["s"] == "ready", 300)
        members = mortise.call("segmentation.members", {"segment": name, "limit": 1000})["members"]
        findings.equal(f"{name}: who", {int(member["contact"]) for member in members}, expected)


def check(mortise, purchases, ids, findings):
    known = Customers(purchases)
    events = mortise.query("SELECT count(*) AS n FROM event WHERE type = 'order.placed'")
    findings.equal("orders", events[0]["n"], len(purchases))
    for name, definition, expected in segments(known):
        found = mortise.call("segmentation.preview", {"definition": definition, "sample": 0})["count"]
        findings.equal(f"{name}: counted", found, expected)
        mortise.call("segmentation.create_segment", {"name": name, "definition": definition})
        state = f"SELECT state AS s FROM segment WHERE name = '{name}'"
        wait_until(lambda: mortise.query(state)[0]["s"] == "ready", 300)
        kept = mortise.call("segmentation.members", {"segment": name, "limit": 1})["count"]
        findings.equal(f"{name}: kept", kept, expected)
    check_rankings(mortise, known, ids, findings)


def main():
    options = argparse.ArgumentParser()
    options.add_argument("--purchases", type=pathlib.Path, required=True)
    options.add_argument("--orders", type=pathlib.Path, required=True, help="the built plugin that tests use")
    given = options.parse_args()
    if not given.purchases.exists():
        print(f"skipped: {given.purchases} is not there")
        return SKIPPED
    purchases = list(read_purchases(given.purchases))
    findings = Findings()
    findings.equal("purchases in the file", len(purchases), 69_659)
    folder = Folder()
    try:
        mortise = Mortise(folder)
        shutil.copytree(given.orders, folder.data / "plugins" / "mortise.orders" / "0.1.0", dirs_exist_ok=True)
        with Serving(folder):
            mortise.run("plugins", "enable", "mortise.orders")
            mortise.run("plugins", "enable", "mortise.segmentation")
            ids = take_in(mortise, folder, purchases)
            check(mortise, purchases, ids, findings)
    finally:
        folder.close()
    print("\n".join(findings.differing) or f"{findings.compared} figures are equal")
    return 1 if findings.differing else 0


if __name__ == "__main__":
    sys.exit(main())
