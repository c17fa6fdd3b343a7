#!/usr/bin/env python3
"""Two hundred reports from a seed, each compared in every cell and every total with SQL that the sqlite3 shell runs on a
backup copy. That SQL is written here, from the tables and with SQLite's own date functions; it shares nothing with the
plugin's compiler but the question. From each report a cell is drilled into: its records must be exactly those."""

import argparse
import collections
import decimal
import json
import pathlib
import random
import shutil
import sys

from reporting_house import SEED, House
from sales_pipeline_test import SKIPPED, Findings, Mortise
from support import Folder, Serving

REPORTS = 200
USD = "CASE WHEN amount_currency = 'USD' THEN amount_minor END"
EURO = ("CASE amount_currency WHEN 'EUR' THEN amount_minor WHEN 'USD' THEN CAST(round(amount_minor * 0.92) AS INTEGER) "
        "WHEN 'JPY' THEN CAST(round(amount_minor * 0.61) AS INTEGER) END")

# name: (as the report says it, SQL of its key)
DEALS = {
    "status": ("status", "status"),
    "source": ("source", "source"),
    "region": ("agent.region", "agent_region"),
    "country": ("organisation.country", "country"),
    "industry": ({"field": "organisation.industry", "as": "industry"}, "industry"),
    "stage": ("stage.name", "stage_name"),
    "agent": ("agent", "agent"),
    "day": ({"field": "close_date", "as": "day"}, "close_date"),
    "week": ({"field": "close_date", "as": "week", "bucket": "week"}, "date(close_date, '-6 days', 'weekday {week}')"),
    "month": ({"field": "close_date", "as": "month", "bucket": "month"}, "date(close_date, 'start of month')"),
    "quarter": ({"field": "close_date", "as": "quarter", "bucket": "quarter"},
                "strftime('%Y', close_date) || CASE WHEN strftime('%m', close_date) < '04' THEN '-01-01' WHEN strftime('%m', close_date) < '07' "
                "THEN '-04-01' WHEN strftime('%m', close_date) < '10' THEN '-07-01' ELSE '-10-01' END"),
    "year": ({"field": "close_date", "as": "year", "bucket": "year"}, "date(close_date, 'start of year')"),
    "fiscal": ({"field": "close_date", "as": "fiscal", "bucket": "fiscal_year"},
               "CASE WHEN strftime('%m', close_date) >= '04' THEN strftime('%Y', close_date) ELSE strftime('%Y', close_date, '-1 year') END || '-04-01'"),
    "weekday": ({"field": "close_date", "as": "weekday", "bucket": "weekday"}, "(strftime('%w', close_date) - {week} + 7) % 7 + 1"),
    "month_of_year": ({"field": "close_date", "as": "month_of_year", "bucket": "month_of_year"}, "CAST(strftime('%m', close_date) AS INTEGER)"),
    "size": ({"field": "organisation.employees", "as": "size", "bins": {"width": 100}}, "employees / 100 * 100"),
    "band": ({"field": "organisation.employees", "as": "band", "bins": {"edges": [10, 250]}},
             "CASE WHEN employees < 10 THEN 0 WHEN employees < 250 THEN 1 WHEN employees >= 250 THEN 2 END"),
}
LOCAL = "(second + (SELECT z.offset FROM zone z WHERE z.second <= orders.second ORDER BY z.second DESC LIMIT 1))"
ORDERS = {
    "day": ({"field": "time", "as": "day", "bucket": "day"}, f"date({LOCAL}, 'unixepoch')"),
    "hour": ({"field": "time", "as": "hour", "bucket": "hour"}, f"strftime('%Y-%m-%dT%H', {LOCAL}, 'unixepoch')"),
    "clock": ({"field": "time", "as": "clock", "bucket": "hour_of_day"}, f"CAST(strftime('%H', {LOCAL}, 'unixepoch') AS INTEGER)"),
    "week": ({"field": "time", "as": "week", "bucket": "week"}, f"date({LOCAL}, 'unixepoch', '-6 days', 'weekday {{week}}')"),
    "month": ({"field": "time", "as": "month", "bucket": "month"}, f"date({LOCAL}, 'unixepoch', 'start of month')"),
    "country": ("subject.country", "country"),
    "items": ({"field": "data.items", "as": "items"}, "json_extract(data, '$.items')"),
}

# name: (as the report says it, SQL that gives what `expected` turns into its figure)
DEAL_MEASURES = {
    "won": ({"of": "count", "where": {"field": "status", "is": "eq", "value": "won"}}, "count", "count(CASE WHEN status = 'won' THEN 1 END)"),
    "agents": ({"of": "distinct", "field": "agent"}, "count", "count(DISTINCT agent)"),
    "sectors": ({"of": "distinct", "field": "organisation.industry"}, "count", "count(DISTINCT industry)"),
    "sum": ({"of": "sum", "field": "amount"}, "money", "coalesce(sum({money}), 0)"),
    "avg": ({"of": "avg", "field": "amount"}, "money_avg", "json_array(coalesce(sum({money}), 0), count({money}))"),
    "median": ({"of": "median", "field": "amount"}, "money_median", "json_group_array({money})"),
    "largest": ({"of": "max", "field": "amount"}, "money", "max({money})"),
    "first": ({"of": "min", "field": "close_date"}, "text", "min(close_date)"),
    "people": ({"of": "sum", "field": "organisation.employees"}, "count", "coalesce(sum(employees), 0)"),
    "p90": ({"of": "percentile", "percentile": 90, "field": "organisation.employees"}, "p90", "json_group_array(employees)"),
    "abroad": ({"of": "count", "where": {"not": {"field": "organisation.country", "is": "eq", "value": "AT"}}}, "count",
               "count(CASE WHEN country IS NOT 'AT' THEN 1 END)"),
}
ORDER_MEASURES = {
    "customers": ({"of": "distinct", "field": "subject"}, "count", "count(DISTINCT subject)"),
    "revenue": ({"of": "sum", "field": "data.total"}, "decimal", "coalesce(sum(CAST(round(json_extract(data, '$.total') * 100) AS INTEGER)), 0)"),
    "pieces": ({"of": "sum", "field": "data.items"}, "count", "coalesce(sum(json_extract(data, '$.items')), 0)"),
    "typical": ({"of": "median", "field": "data.items"}, "median", "json_group_array(json_extract(data, '$.items'))"),
}
DEAL_FILTERS = [
    ({"field": "status", "is": "in", "value": ["won", "lost"]}, "status IN ('won', 'lost')"),
    ({"field": "organisation.country", "is": "ne", "value": "AT"}, "country IS NOT 'AT'"),
    ({"field": "source", "is": "contains", "value": "arzte"}, "source LIKE '%rzte%'"),
    ({"field": "close_date", "is": "between", "value": ["2023-06-01", "2025-03-31"]}, "close_date BETWEEN '2023-06-01' AND '2025-03-31'"),
    ({"field": "amount", "is": "ge", "value": "100.00 EUR"}, "amount_currency = 'EUR' AND amount_minor >= 10000"),
    ({"not": {"any": [{"field": "agent.region", "is": "eq", "value": "East"}, {"field": "close_date", "is": "is_not_set"}]}},
     "NOT (agent_region IS 'East' OR close_date IS NULL)"),
    ({"field": "agent", "is": "is_set"}, "agent IS NOT NULL"),
]
ORDER_FILTERS = [
    ({"field": "data.items", "is": "ge", "value": 4}, "json_extract(data, '$.items') >= 4"),
    ({"field": "data.items", "is": "lt", "value": 4}, "json_extract(data, '$.items') < 4"),
    ({"field": "data.items", "is": "le", "value": 3}, "json_extract(data, '$.items') <= 3"),
    ({"field": "data.items", "is": "gt", "value": 2}, "json_extract(data, '$.items') > 2"),
    ({"field": "subject.country", "is": "in", "value": ["AT", "DE"]}, "country IN ('AT', 'DE')"),
    ({"field": "time", "is": "ge", "value": "2024-03-31"}, "second >= unixepoch('2024-03-30 23:00:00')"),
    ({"field": "time", "is": "in_period", "value": {"from": "2024-10-01", "to": "2024-10-27"}},
     "second >= unixepoch('2024-09-30 22:00:00') AND second < unixepoch('2024-10-27 23:00:00')"),
]
OTHER = "\x01other"


def rounded(number, digits):
    return decimal.Decimal(number).quantize(decimal.Decimal(1).scaleb(-digits), rounding=decimal.ROUND_HALF_UP)


def half_away(number, digits=0):
    """Halves go away from zero, which is what ROUND_HALF_UP of decimal does."""
    return rounded(number, digits)


class Report:
    """One report and what it must come to."""

    def __init__(self, number, choice):
        self.number = number
        deals = choice.random() < 0.7
        self.table = "deal" if deals else "orders"
        dims, measures, filters = (DEALS, DEAL_MEASURES, DEAL_FILTERS) if deals else (ORDERS, ORDER_MEASURES, ORDER_FILTERS)
        count = choice.choice([0, 1, 1, 2, 2, 3])
        chosen = choice.sample(sorted(dims), count)
        if "day" in chosen and count > 1 and deals:
            chosen[chosen.index("day")] = "year" if "year" not in chosen else "status"
            chosen = list(dict.fromkeys(chosen))
        split = choice.randrange(len(chosen) + 1) if len(chosen) > 1 else len(chosen)
        self.week = choice.choice([1, 0])
        self.convert = choice.random() < 0.4
        self.limit = choice.choice([0, 0, 3]) if chosen and chosen[0] != "status" else 0
        self.dimensions = [(name, *dims[name]) for name in chosen]
        self.split = split
        self.measures = [(name, *measures[name]) for name in choice.sample(sorted(measures), choice.choice([1, 2, 3]))]
        self.filters = choice.sample(filters, choice.choice([0, 0, 1, 2]))
        self.definition = self._definition(deals)

    def _definition(self, deals):
        said = [dict(about) if isinstance(about, dict) else {"field": about, "as": name} for name, about, _ in self.dimensions]
        if self.limit and self.split > 0:
            said[0].update(limit=self.limit, by="n")
        else:
            self.limit = 0
        currency = {"convert": "EUR", "rates": {"USD": "0.92", "JPY": "0.0061"}, "on": "2026-01-01"} if self.convert else {"only": "USD"}
        return {
            "source": "opportunity" if deals else {
                "events": "order.placed", "subject": "contact",
                "data": {"total": {"kind": "decimal", "scale": 2}, "items": {"kind": "int"}}},
            "rows": said[: self.split], "columns": said[self.split:],
            "filters": [filter for filter, _ in self.filters],
            "measures": [{"as": "n", "of": "count"}, *({"as": name, **about} for name, about, _, _ in self.measures)],
            "calendar": {"week_start": "monday" if self.week else "sunday", "fiscal_year_start": 4, "time_zone": "Europe/Vienna"},
            **({"currency": currency} if deals else {}),
        }

    def keys(self):
        return ["(" + sql.format(week=self.week) + ")" for _, _, sql in self.dimensions]

    def where(self):
        return " AND ".join(f"({sql})" for _, sql in self.filters) or "1"

    def ranking(self):
        """How often each key of the limited dimension occurs."""
        key = self.keys()[0]
        return f"SELECT {key} AS k, count(*) AS n FROM {self.table} WHERE {self.where()} AND {key} IS NOT NULL GROUP BY 1"

    def take_ranking(self, rows):
        self.shown = [row["k"] for row in sorted(rows, key=lambda row: (-row["n"], str(row["k"]).encode() if isinstance(row["k"], str) else row["k"]))][: self.limit]

    def levels(self):
        keys, rows = self.keys(), self.split
        if self.limit:
            shown = ", ".join("'" + k.replace("'", "''") + "'" if isinstance(k, str) else str(k) for k in self.shown)
            keys[0] = f"CASE WHEN {keys[0]} IS NULL THEN NULL WHEN {keys[0]} IN ({shown}) THEN {keys[0]} ELSE '{OTHER}' END"
        for i in range(rows + 1):
            for j in range(len(keys) - rows + 1):
                yield keys[:i], keys[rows:rows + j]

    def statements(self):
        money = EURO if self.convert else USD
        for row, column in self.levels():
            parts = [f"{key} AS k{i}" for i, key in enumerate(row + column)]
            parts.append("count(*) AS n")
            parts += [f"{sql.format(money=money)} AS {name}" for name, _, _, sql in self.measures]
            group = ", ".join(str(i + 1) for i in range(len(row + column)))
            yield f"SELECT {', '.join(parts)} FROM {self.table} WHERE {self.where()}" + (f" GROUP BY {group}" if group else "")

    def expected(self, answers):
        """Cells by their keys, from the rows of each level."""
        cells = {}
        for (row, column), rows in zip(self.levels(), answers):
            for found in rows:
                keys = ["other" if found[f"k{i}"] == OTHER else found[f"k{i}"] for i in range(len(row + column))]
                figures = {"n": found["n"]}
                for name, _, form, _ in self.measures:
                    figures[name] = self._figure(form, found[name])
                cells[tuple(keys[: len(row)]), tuple(keys[len(row):])] = figures
        return cells

    @staticmethod
    def _figure(form, value):
        if form in ("count", "text"):
            return value
        if form == "decimal":
            return decimal.Decimal(value) / 100
        if form == "money":
            return None if value is None else decimal.Decimal(value) / 100
        if form == "money_avg":
            total, count = json.loads(value)
            return half_away(decimal.Decimal(total) / count) / 100 if count else None
        values = sorted(one for one in json.loads(value) if one is not None)
        if not values:
            return None
        if form == "p90":
            return values[-(-90 * len(values) // 100) - 1]
        middle = decimal.Decimal(values[(len(values) - 1) // 2] + values[len(values) // 2]) / 2
        return half_away(middle) / 100 if form == "money_median" else middle


def figure(value):
    """A figure of an answer as a number or a text."""
    if isinstance(value, dict):
        return decimal.Decimal(value["amount"])
    if isinstance(value, str):
        try:
            return decimal.Decimal(value)
        except decimal.InvalidOperation:
            return value
    return value


def key(value):
    return "other" if isinstance(value, dict) else value


def compare(report, answer, cells, findings):
    found = {(tuple(map(key, cell["row"])), tuple(map(key, cell["column"]))): cell for cell in answer["cells"]}
    for address, figures in cells.items():
        values = found.get(address, {"values": {}})["values"]
        for name, expected in figures.items():
            got = figure(values.get(name))
            findings.equal(f"report {report.number} {address} {name}", got, expected)
    findings.equal(f"report {report.number}: further cells", sorted(map(str, set(found) - set(cells))), [])
    total = found[(), ()]["values"]["n"]
    leaves = sum(cell["values"]["n"] for (row, column), cell in found.items() if len(row) == report.split and len(column) == len(report.dimensions) - report.split)
    findings.equal(f"report {report.number}: the groups add up", leaves, total)


def drill(mortise, report, answer, choice, findings):
    cell = choice.choice(answer["cells"])
    asked = {"definition": report.definition, "row": cell["row"], "column": cell["column"], "limit": 1000}
    found, records = mortise.call("reporting.drill", asked), []
    records += found["records"]
    page = found
    while "next" in page:
        page = mortise.call("reporting.drill", {**asked, "after": page["next"]})
        records += page["records"]
    name = f"report {report.number}: records behind {cell['row']} {cell['column']}"
    findings.equal(name, (found["count"], len(records), len({str(r) for r in records})), (cell["values"]["n"],) * 3)


def main():
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--orders", type=pathlib.Path, required=True, help="the built plugin that tests use")
    options.add_argument("--only", type=int, help="the number of one report, which is shown")
    given = options.parse_args()
    if not shutil.which("sqlite3"):
        print("skipped: there is no sqlite3 shell")
        return SKIPPED
    choice = random.Random(SEED)
    reports = [Report(number, choice) for number in range(REPORTS)]
    findings, folder = Findings(), Folder()
    try:
        mortise = Mortise(folder)
        shutil.copytree(given.orders, folder.data / "plugins" / "mortise.orders" / "0.1.0", dirs_exist_ok=True)
        house = House(mortise, folder, given.orders)
        with Serving(folder):
            house.fill()
            shell = house.copy()
            shell.add_zone("Europe/Vienna")
            limited = [report for report in reports if report.limit]
            for report, rows in zip(limited, shell.ask(report.ranking() for report in limited)):
                report.take_ranking(rows)
            statements = [list(report.statements()) for report in reports]
            answers = iter(shell.ask(one for each in statements for one in each))
            kinds = collections.Counter()
            for report, each in zip(reports, statements):
                cells = report.expected([next(answers) for _ in each])
                if given.only is not None and report.number != given.only:
                    continue
                answer = mortise.call("reporting.run", {"definition": report.definition})
                if given.only is not None:
                    print(json.dumps(report.definition, indent=1), *each, sep="\n")
                compare(report, answer, cells, findings)
                drill(mortise, report, answer, choice, findings)
                kinds[len(report.dimensions)] += 1
    finally:
        folder.close()
    print(*findings.differing[:40], sep="\n")
    print(f"{sum(kinds.values())} reports (by dimensions: {dict(sorted(kinds.items()))}), {findings.compared} figures compared, {len(findings.differing)} differ")
    return 1 if findings.differing or findings.compared < 1000 else 0


if __name__ == "__main__":
    sys.exit(main())
