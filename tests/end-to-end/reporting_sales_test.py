#!/usr/bin/env python3
"""Real deals in reports of every kind: win rates by agent, product, sector, region and quarter, figure by figure, against
what the CSV files say by themselves; and what a report refuses."""

import argparse
import decimal
import json
import pathlib
import sys
import zipfile

from sales_pipeline_test import FILES, SKIPPED, Deals, Findings, Mortise, dollars, rate, wait_until
from support import ISOLATED, Folder, Serving

CLOSED = {"field": "status", "is": "in", "value": ["won", "lost"]}
WON = {"field": "status", "is": "eq", "value": "won"}
MEASURES = [
    {"as": "closed", "of": "count"},
    {"as": "won", "of": "count", "where": WON},
    {"as": "rate", "ratio": ["won", "closed"]},
    {"as": "sum", "of": "sum", "field": "amount", "where": WON},
]
GROUPS = {
    "agent": "agent.name",
    "manager": "agent.manager",
    "region": "agent.region",
    "product": "product.name",
    "sector": {"field": "organisation.industry", "as": "sector"},
    "organisation": "organisation.name",
    "quarter": {"field": "close_date", "as": "quarter", "bucket": "quarter"},
}


def take_in(mortise, mappings, deals):
    mortise.run("plugins", "enable", "mortise.pipelines")
    mortise.run("plugins", "enable", "mortise.reporting")
    for file, mapping in zip(FILES, ["accounts.json", "products.json", "teams.json", "deals.json"]):
        mortise.run("import", deals / file, "--map", mappings / mapping, "--mode", "upsert")


def run(mortise, definition, **more):
    return mortise.call("reporting.run", {"definition": {"source": "opportunity", **definition}, **more})


def quarter_label(first_day):
    year, month, _ = first_day.split("-")
    return f"Q{(int(month) + 2) // 3} {year}"


def check_win_rates(mortise, data, findings):
    for by, dimension in GROUPS.items():
        answer = run(mortise, {"filters": [CLOSED], "rows": [dimension], "measures": MEASURES})
        rates, sums = data.win_rates(by), data.won_sums(by)
        for cell in answer["cells"]:
            values = cell["values"]
            if not cell["row"]:
                findings.equal(f"all by {by}", (values["won"], values["closed"], values["rate"], values["sum"]), (4238, 6711, "0.6315", dollars(10_005_534)))
                continue
            label = quarter_label(cell["row"][0]) if by == "quarter" else cell["row"][0]
            won, lost, share = rates.pop(label, (None, None, None))
            findings.equal(f"win rate of {by} {label}", (values["won"], values["closed"] - values["won"], values["rate"]), (won, lost, share))
            findings.equal(f"won sum of {by} {label}", values["sum"]["amount"], f"{sums.get(label, 0)}.00")
        findings.equal(f"groups by {by} that are not shown", rates, {})


def check_drill(mortise, data, findings):
    """Three dimensions and a limit; behind a cell stand exactly its deals."""
    definition = {
        "source": "opportunity", "filters": [CLOSED], "measures": MEASURES,
        "rows": ["agent.region", {"field": "product.name", "limit": 3, "by": "won"}],
        "columns": [{"field": "close_date", "as": "quarter", "bucket": "quarter"}],
    }
    answer = mortise.call("reporting.run", {"definition": definition})
    cells = {(tuple(map(str, c["row"])), tuple(c["column"])): c for c in answer["cells"]}
    findings.equal("cells of all regions, products and quarters", len(cells), (1 + 3 + 3 * 4) * (1 + 4))
    other = next(c for c in answer["cells"] if c["row"][1:] == [{"other": True}] and c["column"])
    for cell in (other, cells[("East",), ()], cells[(), ()]):
        behind = mortise.call("reporting.drill", {"definition": definition, "row": cell["row"], "column": cell["column"], "measure": "won", "limit": 1})
        findings.equal(f"deals behind {cell['row']} {cell['column']}", behind["count"], cell["values"]["won"])
        findings.equal("and of what type", behind["type"], "opportunity")
    leaves = [c for (row, column), c in cells.items() if len(row) == 2 and len(column) == 1]
    for name in ("closed", "won"):
        findings.equal(f"{name} of the leaves", sum(c["values"][name] for c in leaves), cells[(), ()]["values"][name])
    total = sum(decimal.Decimal(c["values"]["sum"]["amount"]) for c in leaves)
    findings.equal("sum of the leaves", f"{total}", "10005534.00")


def check_kinds(mortise, data, findings):
    quarters = {label: sums for label, sums in data.won_sums("quarter").items()}
    trend = run(mortise, {
        "kind": "trend", "filters": [WON], "rows": [{"field": "close_date", "bucket": "month"}],
        "measures": [{"as": "sum", "of": "sum", "field": "amount"}, {"as": "so_far", "running": "sum"}, {"as": "more", "change": "sum"}],
    })
    months = [c for c in trend["cells"] if c["row"]]
    findings.equal("months in which deals were won", len(months), 10)
    findings.equal("the last month has it all", months[-1]["values"]["so_far"], dollars(10_005_534))
    change = decimal.Decimal(months[1]["values"]["sum"]["amount"]) - decimal.Decimal(months[0]["values"]["sum"]["amount"])
    findings.equal("change of the second month", decimal.Decimal(months[1]["values"]["more"]["amount"]), change)
    findings.equal("change of the first month", months[0]["values"]["more"], None)
    best = run(mortise, {"kind": "leaderboard", "filters": [WON], "rows": ["agent.name"], "limit": 5, "measures": [{"as": "sum", "of": "sum", "field": "amount"}]})
    names = [c["row"][0] for c in best["cells"] if c["row"]]
    expected = sorted(data.won_sums("agent").items(), key=lambda item: -item[1])[:5]
    findings.equal("best agents", names, [name for name, _ in expected] + [{"other": True}])
    card = run(mortise, {
        "kind": "scorecard", "filters": [WON],
        "period": {"field": "close_date", "is": {"from": "2017-10-01", "to": "2017-12-31"}, "compare": "previous"},
        "measures": [{"as": "sum", "of": "sum", "field": "amount"}, {"as": "grown", "change": "sum", "relative": True, "percent": True}],
    })
    values = card["cells"][0]["values"]
    findings.equal("the last quarter", values["sum"], dollars(quarters["Q4 2017"]))
    findings.equal("and the 92 days before", card["cells"][0]["before"]["sum"], dollars(quarters["Q3 2017"]))
    share = decimal.Decimal(quarters["Q4 2017"] - quarters["Q3 2017"]) / quarters["Q3 2017"] * 100
    findings.equal("grown by percent", decimal.Decimal(values["grown"]), share.quantize(decimal.Decimal("0.01"), decimal.ROUND_HALF_UP))
    page = run(mortise, {"kind": "list", "filters": [WON], "fields": ["name", "agent", "amount", "close_date"], "sort": ["-amount"]}, limit=3)
    findings.equal("a list", (page["count"], page["totals"]["amount"], len(page["records"])), (4238, dollars(10_005_534), 3))
    largest = max(int(deal["close_value"]) for deal in data.closed())
    findings.equal("the largest deal", page["records"][0]["amount"], dollars(largest))


def check_paths(mortise, data, findings):
    """Funnel over the history of stages, cohorts of accounts."""
    with Serving(mortise.folder):
        count = "SELECT count(*) AS n FROM stage_history"
        wait_until(lambda: mortise.query(count)[0]["n"] >= 8800)
        deals = [mortise.call("pipelines.create_opportunity", {"name": f"F{i}", "amount": "10"})["opportunity"] for i in range(4)]
        for deal in deals[:3]:
            mortise.call("pipelines.move_opportunity", {"opportunity": deal, "stage": "Negotiation"})
        for deal in deals[:2]:
            mortise.call("pipelines.win_opportunity", {"opportunity": deal})
        wait_until(lambda: mortise.query(count)[0]["n"] >= 8809)
        step = lambda name: {"as": name, "where": {"field": "to_stage.name", "is": "eq", "value": name}}
        funnel = {
            "source": "stage_history", "kind": "funnel", "filters": [{"field": "opportunity.name", "is": "starts_with", "value": "F"}, {"field": "opportunity.external_id", "is": "is_not_set"}],
            "funnel": {"subject": "opportunity", "time": "at", "steps": [step("Prospecting"), step("Negotiation"), step("Won")]},
        }
        steps = mortise.call("reporting.run", {"definition": funnel})["steps"]
        findings.equal("funnel", [(s["step"], s["count"], s["share_of_first"]) for s in steps], [("Prospecting", 4, "1.0000"), ("Negotiation", 3, "0.7500"), ("Won", 2, "0.5000")])
        behind = mortise.call("reporting.drill", {"definition": funnel, "step": 3})
        findings.equal("who got through", sorted(r["id"] for r in behind["records"]), sorted(deals[:2]))
        cohort = {"kind": "retention", "source": "opportunity", "filters": [WON], "cohort": {"subject": "organisation", "time": "close_date", "bucket": "quarter", "periods": 4}}
        first, active = {}, {}
        for deal in data.deals:
            if deal["deal_stage"] == "Won" and deal["account"]:
                day, month, year = deal["close_date"].split("-")
                key = f"20{year}-{(int(month) - 1) // 3 * 3 + 1:02}-01"
                active.setdefault(deal["account"], set()).add(key)
        for account, keys in active.items():
            first.setdefault(min(keys), []).append(account)
        lines = mortise.call("reporting.run", {"definition": cohort})["cohorts"]
        findings.equal("cohorts", {line["start"]: line["size"] for line in lines}, {key: len(accounts) for key, accounts in first.items()})
        for line in lines:
            keys = ["2017-01-01", "2017-04-01", "2017-07-01", "2017-10-01"]
            for i, key in enumerate(keys[keys.index(line["start"]):]):
                accounts = [a for a in first[line["start"]] if key in active[a]]
                findings.equal(f"cohort {line['start']} after {i}", decimal.Decimal(line["periods"][i]), decimal.Decimal(rate(len(accounts), line["size"] - len(accounts))))
                behind = mortise.call("reporting.drill", {"definition": cohort, "cohort": line["start"], "period": i})
                findings.equal(f"accounts of cohort {line['start']} after {i}", behind["count"], len(accounts))


def check_saved_and_refused(mortise, findings):
    definition = {"source": "opportunity", "rows": ["status"]}
    mortise.call("reporting.create_report", {"name": "By status", "definition": definition})
    # Before the first unit: as of then nothing was there; now all of it is.
    now = mortise.call("reporting.run", {"report": "By status"})
    before = mortise.call("reporting.run", {"report": "By status", "as_of": "2020-01-01"})
    findings.equal("deals now and before", (now["cells"][0]["values"]["count"] >= 8800, before["cells"][0]["values"]["count"]), (True, 0))
    mortise.call("pipelines.create_opportunity", {"name": "In euro", "amount": "100 EUR"})
    def refused(definition):
        answer = mortise.folder.run("--json", "call", "reporting.run", json.dumps({"definition": definition}))
        return (answer.code, answer.error()["key"] if answer.code else None)
    total = {"source": "opportunity", "measures": [{"as": "sum", "of": "sum", "field": "amount"}]}
    findings.equal("two currencies without a choice", refused(total), (1, "reporting.currencies"))
    each = mortise.call("reporting.run", {"definition": {**total, "currency": "each"}})
    findings.equal("each currency", {str(c["row"]): c["values"]["sum"] for c in each["cells"] if c["row"] == ["EUR"]}, {"['EUR']": {"amount": "100.00", "currency": "EUR"}})
    findings.equal("no sum over all of them", next(c for c in each["cells"] if not c["row"])["values"]["sum"], None)
    only = mortise.call("reporting.run", {"definition": {**total, "currency": {"only": "EUR"}}})
    findings.equal("left out is told", (only["cells"][0]["values"]["sum"]["amount"], only["measures"][0].get("left_out", 0) > 0), ("100.00", True))
    findings.equal("a field that is not there", refused({"source": "opportunity", "rows": ["colour"]}), (1, "reporting.unknown"))
    broken = mortise.folder.run("--json", "call", "reporting.create_report", json.dumps({"name": "X", "definition": {"source": "opportunity", "row": []}}))
    findings.equal("a slip is not saved", (broken.code, broken.error()["where"]), (1, "/row"))


def check_files(mortise, findings):
    """Every form of file, saved by the command line; and read back where Python can."""
    folder = mortise.folder
    definition = {"source": "opportunity", "filters": [CLOSED], "rows": ["agent.region"], "measures": MEASURES}
    starts = {"csv": b"Region,closed,won,rate,sum (USD)", "html": b"<!DOCTYPE html>", "svg": b"<?xml", "png": b"\x89PNG", "pdf": b"%PDF-", "xlsx": b"PK"}
    if ISOLATED:  # a workbook needs a temporary folder, and in a box there is none; without one (no Landlock) there is
        book = folder.run("--json", "call", "reporting.export", json.dumps({"definition": definition, "format": "xlsx"}))
        if book.code:
            findings.equal("xlsx: why there is none", book.error()["key"], "reporting.temporary")
            del starts["xlsx"]
    for form, start in starts.items():
        file = folder.root / f"report.{form}"
        told = folder.json("call", "reporting.export", json.dumps({"definition": definition, "format": form}), "-o", file)
        content = file.read_bytes()
        findings.equal(f"{form}: its start", content[: len(start)], start)
        findings.equal(f"{form}: its size", (told["size"], "content" in told), (len(content), False))
    lines = (folder.root / "report.csv").read_text(encoding="utf-8").splitlines()
    findings.equal("csv: the total", lines[-1], "Total,6711,4238,0.6315,10005534.00")
    if "xlsx" in starts:
        with zipfile.ZipFile(folder.root / "report.xlsx") as book:
            page = book.read("xl/worksheets/sheet1.xml").decode()
        findings.equal("xlsx: the total is a number", "<v>10005534</v>" in page, True)
    broken = folder.run("--json", "call", "reporting.run", json.dumps({"definition": definition}), "-o", folder.root / "none")
    findings.equal("a command without a file", (broken.code, broken.error()["key"], (folder.root / "none").exists()), (1, "call.no_file", False))


def check_targets(mortise, findings):
    """A target that is missed, met by a deal, and tells so by an event; a dashboard; the standard pack."""
    pack = mortise.call("reporting.set_up_standard")
    findings.equal("standard reports", {"Win rate by agent", "Pipeline by stage", "What contacts lack"} <= set(pack["made"]), True)
    findings.equal("tickets are not there", "Tickets by status" in [one["report"] for one in pack["left_out"]], True)
    findings.equal("once only", mortise.call("reporting.set_up_standard")["made"], [])
    shown = mortise.call("reporting.show_dashboard", {"dashboard": "Sales"})
    findings.equal("tiles of the dashboard", (len(shown["tiles"]), [t for t in shown["tiles"] if "problem" in t]), (6, []))
    narrow = mortise.call("reporting.show_dashboard", {"dashboard": "Sales", "filters": [{"field": "agent.region", "is": "eq", "value": "East"}]})
    first = narrow["tiles"][0]["answer"]["cells"][0]["values"]
    findings.equal("a filter of the dashboard", (first["closed"], first["won"]), (1858, 1171))
    mortise.call("reporting.create_report", {"name": "Euro deals", "definition": {
        "kind": "scorecard", "source": "opportunity", "currency": {"only": "EUR"}, "measures": [{"as": "sum", "of": "sum", "field": "amount"}]}})
    made = mortise.call("reporting.create_target", {"name": "Euros", "report": "Euro deals", "measure": "sum", "target": 1000, "warning": "900"})
    state = lambda: mortise.query("SELECT state AS s FROM kpi")[0]["s"]
    findings.equal("missed at first", (made["value"], state()), ("100.0000", "missed"))
    mortise.call("pipelines.create_opportunity", {"name": "More", "amount": "850 EUR"})
    findings.equal("looked at", mortise.call("reporting.check_targets"), {"checked": 1, "changed": 1})
    findings.equal("nearly", state(), "warning")
    mortise.call("pipelines.create_opportunity", {"name": "And more", "amount": "50.00 EUR"})
    mortise.call("reporting.check_targets")
    findings.equal("met", state(), "met")
    findings.equal("nothing new", mortise.call("reporting.check_targets"), {"checked": 1, "changed": 0})
    events = [e["data"] for e in mortise.run("events", "list", "--type", "kpi.threshold")]
    findings.equal("told", sorted((e["from"], e["to"], e["value"]) for e in events), [("missed", "warning", "950.0000"), ("warning", "met", "1000.0000")])
    findings.equal("kept", mortise.query("SELECT count(*) AS n FROM kpi_value")[0]["n"], 3)


def check_rights(mortise, findings):
    """Who sees only what is theirs has only that in their figures, behind their cells and in their files."""
    folder = mortise.folder
    folder.json("users", "add", "bob", "--scope", "own")
    folder.json("--user", "bob", "contacts", "create", '{"name": "Bobs own", "country": "DE"}')
    asked = {"definition": {"source": "contact", "rows": ["country"]}}
    def cells(*user):
        answer = folder.json(*user, "call", "reporting.run", json.dumps(asked))
        return {str(c["row"]): c["values"]["count"] for c in answer["cells"]}
    findings.equal("all contacts", cells()["[]"], 86)
    findings.equal("what bob sees", cells("--user", "bob"), {"[]": 1, "['DE']": 1})
    behind = folder.json("--user", "bob", "call", "reporting.drill", json.dumps({**asked, "row": []}))
    findings.equal("what bob finds behind", (behind["count"], [r["title"] for r in behind["records"]]), (1, ["Bobs own"]))
    file = folder.root / "bob.csv"
    folder.json("--user", "bob", "call", "reporting.export", json.dumps(asked), "-o", file)
    findings.equal("bob's file", file.read_text(), "Country,count\nDE,1\nTotal,1\n")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    for name in ("mappings", "deals"):
        parser.add_argument(f"--{name}", type=pathlib.Path, required=True)
    given = parser.parse_args()
    if not all((given.deals / name).is_file() for name in FILES):
        print(f"skipped: the sales data is not at {given.deals}")
        return SKIPPED
    data, findings, folder = Deals(given.deals), Findings(), Folder()
    try:
        mortise = Mortise(folder)
        take_in(mortise, given.mappings, given.deals)
        check_win_rates(mortise, data, findings)
        check_drill(mortise, data, findings)
        check_kinds(mortise, data, findings)
        check_files(mortise, findings)
        check_paths(mortise, data, findings)
        check_saved_and_refused(mortise, findings)
        check_targets(mortise, findings)
        check_rights(mortise, findings)
    finally:
        folder.close()
    print(*findings.differing, sep="\n")
    print(f"{findings.compared} figures compared, {len(findings.differing)} differ")
    return 1 if findings.differing else 0


if __name__ == "__main__":
    sys.exit(main())
