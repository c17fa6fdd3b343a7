"""Each command of plugins/segmentation and plugins/reporting, each of its arguments, and what each setting changes."""

import base64

AUSTRIA = {"field": "country", "is": "eq", "value": "AT"}
DEALS = {
    "source": "opportunity", "rows": ["status"],
    "measures": [{"as": "deals", "of": "count"}, {"as": "won", "of": "count", "where": {"field": "status", "is": "eq", "value": "won"}}],
}


def ready(h, segment):
    h.eventually(lambda: h.show("segment", segment)["state"] == "ready")


def group(h):
    everybody = [row["id"] for row in h.query("SELECT id FROM contact WHERE email IS NOT NULL ORDER BY id LIMIT 5")]
    austrians = h.use("segmentation.create_segment", name="Austrians", kind="dynamic", definition=AUSTRIA, description="Near")["segment"]
    chosen = h.use("segmentation.create_segment", name="Chosen", kind="static", contacts=everybody[:2])["segment"]
    ready(h, austrians)
    count = h.one("SELECT count(id) AS n FROM contact WHERE country = 'AT'")["n"]
    seen = h.use("segmentation.preview", definition=AUSTRIA, sample=3)
    assert (seen["count"], len(seen["sample"])) == (count, 3), seen
    assert h.use("segmentation.members", segment="Austrians", limit=1, after="0", at="2999-01-01")["count"] == count
    german = {"field": "country", "is": "eq", "value": "DE"}
    h.use("segmentation.define_segment", segment="Austrians", definition={"any": [AUSTRIA, german]})
    h.eventually(lambda: h.call("segmentation.members", segment="Austrians")["count"] > count)
    h.use("segmentation.define_segment", segment="Austrians", definition=AUSTRIA)
    h.eventually(lambda: h.call("segmentation.members", segment="Austrians")["count"] == count)
    assert h.use("segmentation.add_contacts", segment="Chosen", contacts=everybody) == {"entered": 3, "left": 0}
    assert h.use("segmentation.remove_contacts", segment="Chosen", contacts=everybody[:1]) == {"entered": 0, "left": 1}
    who = h.one("SELECT id FROM contact WHERE country = 'AT' ORDER BY id LIMIT 1")["id"]
    why = h.use("segmentation.explain", contact=who, segment="Austrians")
    assert why["holds"] and why["found"] == "AT", why
    both = h.use("segmentation.explain", contact=who, definition={"all": [AUSTRIA, {"related": "opportunity", "by": "organisation"}]})
    assert len(both["parts"]) == 2, both
    place = h.use("segmentation.explain", contact=who, definition={"top": {"count": 1, "by": {"field": "created_at"}, "lowest": True, "among": AUSTRIA}})
    assert 1 <= place["place"] <= place["of"] == count and place["holds"] == (place["place"] == 1), place
    copied = h.use("segmentation.take_snapshot", segment="Austrians", name="Austrians then")["segment"]
    ready(h, copied)
    assert h.call("segmentation.members", segment="Austrians then")["count"] == count
    pairs = h.use("segmentation.overlap", segments=["Austrians", "Austrians then", "Chosen"])["pairs"]
    assert {"one": austrians, "other": copied, "shared": count} in pairs, pairs
    assert sum(one["left"] for one in h.use("segmentation.growth", segment="Chosen", days=2)["days"]) == 1
    moved = h.use("segmentation.rebuild", segment="Austrians", after="0")
    assert (moved["entered"], moved["left"]) == (0, 0), moved
    h.use("segmentation.come_due")
    # A step of a snapshot that is made already copies nobody twice.
    assert h.use("segmentation.copy_members", **{"from": austrians}, to=copied, after="0") == {"copied": 0, "done": True}
    assert h.call("segmentation.members", segment="Austrians then")["count"] == count
    # One that broke.
    h.create("segment", name="Broken", kind="dynamic", definition={"field": "shoe_size", "is": "eq", "value": 1})
    h.eventually(lambda: h.one("SELECT state FROM segment WHERE name = 'Broken'")["state"] == "broken")
    h.parameters.update({"segmentation.of_contact": {"contact": everybody[0]}, "segmentation.members_of": {"segment": chosen}})


def report(h):
    assert any(one["type"] == "opportunity" for one in h.use("reporting.sources")["sources"])
    source = h.use("reporting.sources", type="opportunity")["sources"][0]
    assert {"type": "stage_history", "by": "opportunity"} in source["joins"], source["joins"]
    h.use("reporting.create_report", name="Deals", definition=DEALS, description="How it goes", folder="Sales")
    won = {"field": "status", "is": "eq", "value": "won"}
    answer = h.use("reporting.run", report="Deals", filters=[won], as_of="2999-01-01")
    total = next(cell for cell in answer["cells"] if not cell["row"])["values"]["won"]
    behind = h.use("reporting.drill", report="Deals", filters=[won], as_of="2999-01-01", row=["won"], column=[], measure="won", after="0", limit=2)
    assert behind["count"] == int(total) and len(behind["records"]) == 2, (behind, total)
    others(h)
    explained = h.use("reporting.explain", report="Deals", filters=[won], as_of="2999-01-01")
    assert h.query(explained["sql"], **explained["parameters"]), explained
    h.use("reporting.explain", definition={**DEALS, "period": {"field": "close_date", "is": "this_year"}})
    for format in ("csv", "xlsx", "html", "pdf", "svg", "png"):
        file = h.use("reporting.export", report="Deals", format=format, width=400, height=300, filters=[], as_of="2999-01-01")
        assert file["size"] > 40 and file["name"] == f"Deals.{format}", file["name"]
    h.use("reporting.export", definition=DEALS)
    h.use("reporting.define_report", report="Deals", definition={**DEALS, "rows": ["agent.region"]})
    rows = h.use("reporting.run", report="Deals")["rows"]
    assert "region" in rows[0]["name"], rows
    target = h.use("reporting.create_target", name="Won", report="Deals", measure="won", target=100000, warning="1", direction="up")
    assert h.show("kpi", target["kpi"])["state"] == "warning", target
    h.update("kpi", target["kpi"], target="1")
    assert h.use("reporting.check_targets") == {"checked": 1, "changed": 1}
    made = h.use("reporting.create_schedule", name="Mondays", report="Deals", rule="30 7 * * mon", time_zone="Europe/Vienna", format="csv", keep=3)
    assert h.use("reporting.run_schedule", schedule="Mondays") == {"started": True}
    kept = h.eventually(lambda: h.query("SELECT id, size FROM report_file WHERE schedule = :s", s=made["schedule"]))[0]
    file = h.use("reporting.kept_file", file=kept["id"])
    assert (file["name"], len(base64.b64decode(file["content"]))) == ("Deals.csv", kept["size"]), file
    assert h.use("reporting.plan_schedules") == {"planned": 0}
    h.use("reporting.set_up_standard")
    board = h.use("reporting.show_dashboard", dashboard="Sales", filters=[won], as_of="2999-01-01")
    assert board["tiles"] and any("answer" in tile for tile in board["tiles"]), board


def others(h):
    """What answers otherwise than a plain pivot."""
    converted = {"source": "opportunity", "rows": ["status"], "measures": [{"as": "sum", "of": "sum", "field": "amount"}],
                 "currency": {"convert": "EUR", "rates": {"USD": "0.9"}, "on": "2026-01-01"}}
    assert h.use("reporting.run", definition=converted)["rates_of"] == "2026-01-01"
    listed = {"kind": "list", "source": "contact", "fields": ["name", "country"]}
    assert len(h.use("reporting.run", definition=listed, limit=2, offset=1)["records"]) == 2
    funnel = {"kind": "funnel", "source": "stage_history", "funnel": {
        "subject": "opportunity", "time": "at", "steps": [{"where": {"field": "to_stage", "is": "is_set"}}, {"where": {"field": "to_stage.kind", "is": "eq", "value": "won"}}]}}
    assert h.use("reporting.run", definition=funnel)["steps"]
    assert h.use("reporting.drill", definition=funnel, step=1)["count"]
    cohort = {"kind": "cohort", "source": "opportunity", "cohort": {"subject": "organisation", "time": "engage_date", "bucket": "quarter", "periods": 3}}
    first = h.use("reporting.run", definition=cohort)["cohorts"][0]
    assert h.use("reporting.drill", definition=cohort, cohort=first["start"], period=0)["count"] > 0


def first_keys(h, dimension):
    return [cell["row"][0] for cell in h.call("reporting.run", definition={"source": "contact", "rows": [dimension]})["cells"] if cell["row"]]


def settings(h):
    week = {"field": "created_at", "bucket": "week"}
    monday = first_keys(h, week)
    with h.setting("reporting", "week_start", "sunday"):
        assert first_keys(h, week) != monday
    year = {"field": "created_at", "bucket": "fiscal_year"}
    january = first_keys(h, year)
    with h.setting("reporting", "fiscal_year_start", 7):
        assert first_keys(h, year) != january
    hour = {"field": "created_at", "bucket": "hour"}
    here = first_keys(h, hour)
    with h.setting("reporting", "time_zone", "Asia/Kathmandu"):
        assert first_keys(h, hour) != here
