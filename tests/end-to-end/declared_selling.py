"""Each command of plugins/pipelines, each of its arguments, and what each of its settings changes."""

import datetime


def day(offset):
    return (datetime.date.today() + datetime.timedelta(days=offset)).isoformat()


def sell(h):
    organisation = h.one("SELECT id FROM contact WHERE kind = 'organisation' ORDER BY id LIMIT 1")["id"]
    person = h.one("SELECT id FROM contact WHERE kind = 'person' ORDER BY id LIMIT 1")["id"]
    assert h.use("pipelines.set_up") == {"made": False}
    h.create("currency_rate", currency="EUR", base="USD", date="2020-01-01", rate="1.1")
    h.create("close_reason", name="Price", outcome="lost")
    stages(h)
    deals(h, organisation, person)
    leads(h, organisation, person)
    work(h)
    money(h)
    figures(h)


def stages(h):
    made = h.use(
        "pipelines.create_pipeline", name="Partners", currency="EUR", position=70,
        stages=[
            {"name": "Talk", "kind": "open", "probability": "20", "forecast_category": "pipeline", "rot_days": 10},
            {"name": "Offer", "required_fields": ["competitor"], "checklist": ["Called"], "forecast_category": "best_case"},
            {"name": "Spare"},
            {"name": "Waits", "kind": "hold"},
            {"name": "Signed", "kind": "won"},
            {"name": "Gone", "kind": "lost"},
        ],
    )
    assert [stage["name"] for stage in made["stages"]] == ["Talk", "Offer", "Spare", "Waits", "Signed", "Gone"], made
    waiting = h.use("pipelines.create_opportunity", name="In the spare one", pipeline="Partners", stage="Spare", amount="5")["opportunity"]
    spare = made["stages"][2]["stage"]
    assert h.use("pipelines.delete_stage", stage="Spare", pipeline="Partners", move_to="Talk") == {"stage": spare, "moved": 1}
    assert h.one("SELECT s.name AS stage FROM opportunity o JOIN stage s ON s.id = o.stage WHERE o.id = :id", id=waiting)["stage"] == "Talk"


def deals(h, organisation, person):
    deal = h.use(
        "pipelines.create_opportunity", name="Chairs", pipeline="Partners", stage="Talk", organisation=organisation, contact=person,
        product="Tenon Plus", agent="Hanna Weiss", amount="1200.50 EUR", probability="35", engage_date=day(-40), close_date=day(20),
        source="fair", external_id="chairs-1", note="They sit well", forecast_category="commit", set={"next_step": "Call"},
    )["opportunity"]
    h.use("pipelines.create_opportunity", name="Was won", stage="sales/won", amount="10", won_reason="Price", close_date=day(-3))
    h.use("pipelines.create_opportunity", name="Was lost", stage="sales/lost", amount="10", lost_reason="Late", close_date=day(-3), competitor="Globex")
    h.use("pipelines.create_opportunity", name="Ticked", pipeline="Partners", stage="Offer", checked=["Called"], competitor="Globex")
    version = h.show("opportunity", deal)["version"]
    h.use("pipelines.move_opportunity", opportunity=deal, stage="Offer", close_date=day(25), set={"competitor": "Globex"}, checked=["Called"], version=version)
    h.use("pipelines.move_opportunity", opportunity=deal, pipeline="Sales", stage="sales/lost", lost_reason="Price")
    h.use("pipelines.reopen_opportunity", opportunity=deal, stage="sales/prospecting", close_date=day(30))
    h.use(
        "pipelines.win_opportunity", opportunity=deal, stage="sales/won", amount="1300 EUR", close_date=day(0), reason="Quality",
        set={"next_step": "Invoice"}, checked=["Called"],
    )
    other = h.use("pipelines.create_opportunity", name="Tables", organisation=organisation, contact=person, amount="900 EUR", agent="Jonas Keller")["opportunity"]
    h.use(
        "pipelines.lose_opportunity", opportunity=other, reason="Price", stage="sales/lost", close_date=day(0), competitor="Globex",
        set={"next_step": "None"}, checked=["Called"],
    )
    # What is overdue, what slipped, who has a part in it.
    late = h.use("pipelines.create_opportunity", name="Late", amount="70 EUR", agent="Hanna Weiss", close_date=day(10))["opportunity"]
    h.update("opportunity", late, close_date=day(12))
    h.update("opportunity", late, close_date=day(-2))
    h.create("opportunity_contact", opportunity=late, contact=person, role="decides")
    h.update("contact", person, job_title="Buyer", email="buyer@example.com")
    # Accounts.
    h.use("pipelines.opportunities_without_account", limit=1)
    page = h.use("pipelines.opportunities_without_account", limit=1, after="0")
    assert page["total"] > 1 and page["next"], page
    h.use("pipelines.assign_account", opportunities=[late], organisation=organisation, replace=True)
    assert h.show("opportunity", late)["organisation"] == organisation
    h.parameters.update({
        "pipelines.of_contact": {"contact": person}, "pipelines.history_of": {"opportunity": deal},
        "pipelines.people_of": {"opportunity": late},
    })


def leads(h, organisation, person):
    lead = h.use(
        "pipelines.create_lead", name="Anna Bell", company="Cancity", email="anna@cancity.example", phone="+43 1 234567", job_title="Buyer",
        country="AT", source="web", utm_source="news", utm_medium="mail", utm_campaign="spring", utm_term="chairs", utm_content="top", rating="hot",
        score=17, agent="Hanna Weiss", product="Tenon Plus", note="Wants chairs", external_id="lead-1",
    )["lead"]
    kept = h.show("lead", lead)
    assert (kept["status"], kept["rating"], kept["score"], kept["utm_campaign"]) == ("assigned", "hot", 17, "spring"), kept
    answer = h.use("pipelines.convert_lead", lead=lead, opportunity=True, name="Chairs for Cancity", pipeline="Sales", stage="sales/prospecting",
                   amount="400 EUR", close_date=day(9))
    made = answer["opportunity"]["opportunity"]
    assert h.show("opportunity", made)["name"] == "Chairs for Cancity"
    assert h.use("pipelines.undo_conversion", lead=lead, keep_changed=True)["deleted"]
    again = h.use("pipelines.convert_lead", lead=lead, contact=person, organisation=organisation, opportunity=True)["opportunity"]["opportunity"]
    h.use("pipelines.win_opportunity", opportunity=again, amount="100 EUR")
    second = h.use("pipelines.create_lead", name="Bob", email="bob@lead.example", source="web", agent="Jonas Keller")["lead"]
    assert h.use("pipelines.recycle_lead", lead=second, reason="No budget", release=True) == {"lead": second, "status": "recycled"}
    assert h.show("lead", second).get("agent") is None
    assert h.use("pipelines.drop_lead", lead=second, reason="Bankrupt", release=True) == {"lead": second, "status": "dead"}
    h.use("pipelines.create_lead", name="Waits in the queue", phone="+43 1 999999")


def work(h):
    h.create("territory", name="East", countries=["AT"], active=True, position=1)
    east = h.one("SELECT id FROM territory")["id"]
    hanna = h.one("SELECT id FROM sales_agent WHERE name = 'Hanna Weiss'")["id"]
    h.update("sales_agent", hanna, territory=east, capacity=500, available=True)
    h.parameters["pipelines.workload"] = {}
    lead = h.use("pipelines.create_lead", name="Cara", country="AT")["lead"]
    deal = h.use("pipelines.create_opportunity", name="For somebody", amount="1")["opportunity"]
    given = h.use("pipelines.assign", leads=[lead], opportunities=[deal], agent="Jonas Keller")
    assert given["count"] == 2, given
    given = h.use("pipelines.assign", leads=[lead], method="least_loaded", territory="East")
    assert h.show("lead", lead)["agent"] == hanna, given
    moved = h.use("pipelines.reassign", **{"from": "Jonas Keller"}, to="Niamh Doyle", what="opportunities", pipeline="Sales", stage="sales/prospecting", limit=1)
    assert moved["count"] <= 1, moved
    h.use("pipelines.reassign", **{"from": "Jonas Keller"}, method="by_capacity", territory="East", what="leads")


def money(h):
    deal = h.use("pipelines.create_opportunity", name="With products", amount="1 EUR", agent="Hanna Weiss", close_date=day(5))["opportunity"]
    prices = h.create("price_list", name="Friends", currency="EUR")
    product = h.one("SELECT id FROM product WHERE name = 'Tenon Basic'")["id"]
    h.create("price", price_list=prices, product=product, amount="99.00 EUR", min_quantity="1")
    h.use("pipelines.add_line", opportunity=deal, product="Tenon Basic", quantity="2", price_list="Friends", discount="10", position=1)
    h.use("pipelines.add_line", opportunity=deal, unit_price="30.00 EUR", quantity=1, period="month", term_months=12, description="Care")
    h.eventually(lambda: h.show("opportunity", deal)["amount"] == {"amount": "538.20", "currency": "EUR"})
    h.use("pipelines.set_splits", opportunity=deal, splits=[{"agent": "Hanna Weiss", "percent": "60"}, {"agent": "Jonas Keller", "percent": "40"}])
    h.parameters["pipelines.lines_of"] = {"opportunity": deal}
    copy = h.use("pipelines.clone_opportunity", opportunity=deal, name="Once more", close_date=day(50), lines=False)["opportunity"]
    assert h.show("opportunity", copy)["name"] == "Once more"
    whole = h.use("pipelines.create_opportunity", name="Whole", amount="100 EUR")["opportunity"]
    parts = h.use("pipelines.split_opportunity", opportunity=whole, parts=[{"name": "A third", "amount": "33.34"}])
    part = h.one("SELECT id FROM opportunity WHERE name = 'A third'")["id"]
    assert parts["left"] and len(parts["made"]) == 1, parts
    h.use("pipelines.merge_opportunities", opportunity=whole, others=[part], amount="sum", set={"source": "both"})
    h.eventually(lambda: h.show("opportunity", whole)["amount"]["amount"] == "100.00")
    hanna = h.one("SELECT id FROM sales_agent WHERE name = 'Hanna Weiss'")["id"]
    h.create("quota", agent=hanna, period=day(0)[:7], amount="1000 EUR")
    assert h.use("pipelines.quota_attainment", period=day(0)[:7])["quotas"]


def figures(h):
    whole = {"from": "2020-01-01", "to": "2040-12-31", "pipeline": "Sales"}
    assert h.use("pipelines.pipeline_by_stage", pipeline="Sales")["count"] > 0
    assert h.use("pipelines.won_sum", by="agent", **whole)["count"] > 0
    rates = h.use("pipelines.win_rate", by="sector", **whole)
    assert rates["won"] > 0 and rates["lost"] > 0, rates
    h.use("pipelines.rotting_opportunities", pipeline="Sales", limit=5)
    assert h.use("pipelines.take_snapshot") == {"started": True}
    h.wait_for_jobs()
    forecast = h.use("pipelines.forecast", pipeline="Sales", agent="Hanna Weiss", currency="EUR", by="quarter", **{"from": day(-400), "to": day(400)})
    assert forecast["groups"], forecast
    h.use("pipelines.forecast", period=day(0)[:4])
    h.use("pipelines.create_opportunity", name="New since", amount="12 EUR", close_date=day(3), agent="Hanna Weiss")
    changes = h.use(
        "pipelines.forecast_changes", since=day(0), pipeline="Sales", agent="Hanna Weiss", currency="EUR", limit=50,
        **{"from": day(-400), "to": day(400)},
    )
    assert changes["opportunities"], changes
    h.use("pipelines.forecast_changes", since=day(0), until=day(0), period=day(0)[:4])
    assert h.use("pipelines.won_credit", period=day(0)[:4], currency="EUR")["groups"]
    assert h.use("pipelines.funnel", **whole)["count"] > 0
    assert h.use("pipelines.velocity", **whole)["lines"]


def settings(h):
    with h.setting("pipelines", "default_currency", "CHF"):
        made = h.call("pipelines.create_pipeline", name="Swiss")["pipeline"]
        assert h.show("pipeline", made)["currency"] == "CHF"
    def new(**more):
        return h.call("pipelines.create_opportunity", name="X", pipeline="Sales", **more)["opportunity"]

    with h.setting("pipelines", "lost_reason_required", True):
        assert h.refused("pipelines.lose_opportunity", opportunity=new())["code"] == "refused"
    with h.setting("pipelines", "won_reason_required", True):
        assert h.refused("pipelines.win_opportunity", opportunity=new())["code"] == "refused"
    with h.setting("pipelines", "reasons_from_list", True):
        assert h.refused("pipelines.lose_opportunity", opportunity=new(), reason="Not on the list")["code"] == "refused"
    with h.setting("pipelines", "base_currency", "GBP"):
        h.create("currency_rate", currency="EUR", base="GBP", date="2020-01-01", rate="0.5")
        won = new(amount="10 EUR")
        h.use("pipelines.win_opportunity", opportunity=won)
        assert h.show("opportunity", won)["base_amount"] == {"amount": "5.00", "currency": "GBP"}
    h.create("opportunity", name="Old", stage_since="2026-01-01T00:00:00Z", amount="3 EUR")
    with h.setting("pipelines", "rot_days", 3650):
        far = h.use("pipelines.rotting_opportunities")["opportunities"]
    with h.setting("pipelines", "rot_days", 1):
        near = h.use("pipelines.rotting_opportunities")["opportunities"]
    assert len(near) > len(far), (near, far)
    first = h.use("pipelines.create_lead", name="Twice", email="twice@example.com")["lead"]
    with h.setting("pipelines", "lead_duplicates", "refuse"):
        assert h.refused("pipelines.create_lead", name="Twice again", email="twice@example.com")["code"] == "refused"
    h.use("pipelines.convert_lead", lead=first)
    with h.setting("pipelines", "undo_days", 0):
        assert h.refused("pipelines.undo_conversion", lead=first)["code"] == "refused"
    with h.setting("pipelines", "assign_leads", "round_robin"):
        lead = h.use("pipelines.create_lead", name="Whose")["lead"]
        h.eventually(lambda: h.show("lead", lead).get("agent"))
    with h.setting("pipelines", "assign_opportunities", "round_robin"):
        deal = new()
        h.eventually(lambda: h.show("opportunity", deal).get("agent"))
    with h.setting("pipelines", "queue_when_deactivated", False):
        agent = h.create("sales_agent", name="Leaves", active=True)
        deal = new(agent="Leaves")
        h.update("sales_agent", agent, active=False)
        h.wait_for_handlers()
        assert h.show("opportunity", deal)["agent"] == agent
