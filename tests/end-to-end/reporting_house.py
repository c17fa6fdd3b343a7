"""A house for reports: deals with everything that makes figures hard (nothing, several currencies,
deleted records), and orders as events over a change of clocks, some of them below zero. Its data comes from a seed."""

import datetime
import json
import random
import subprocess

SEED = 20261125
COUNTRIES = ["AT", "DE", "CH", "US", None]
INDUSTRIES = ["retail", "software", "medical", None]
CURRENCIES = [("USD", 2), ("EUR", 2), ("JPY", 0)]
SOURCES = ["web", "fair", "Ärzte \"A\"", "=1+1", None]
STAGES = ["sales/prospecting", "sales/engaging", "sales/proposal", "sales/won", "sales/lost"]


class House:
    """The data folder, filled; and the backup copy that the sqlite3 shell reads."""

    def __init__(self, mortise, folder, orders):
        self.mortise, self.folder, self.orders = mortise, folder, orders
        self.random = random.Random(SEED)

    def fill(self):
        mortise = self.mortise
        for plugin in ("mortise.pipelines", "mortise.orders", "mortise.reporting"):
            mortise.run("plugins", "enable", plugin)
        self._contacts()
        self._deals()
        self._orders()
        some = mortise.query("SELECT id FROM opportunity ORDER BY id LIMIT 9")
        for row in some:
            mortise.run("records", "opportunity", "delete", row["id"])

    def _import(self, name, rows, mapping):
        """One JSON object a line, and how they are mapped."""
        columns = list(rows[0])
        lines = [",".join(columns)]
        for row in rows:
            lines.append(",".join('"' + str("" if row[c] is None else row[c]).replace('"', '""') + '"' for c in columns))
        file = self.folder.write(f"{name}.csv", "\n".join(lines) + "\n")
        spec = self.folder.write(f"{name}.json", json.dumps(mapping))
        done = self.mortise.run("import", file, "--map", spec, "--mode", "create", "--errors", self.folder.root / f"{name}.errors")
        assert done["refused"] == 0, done

    def _contacts(self):
        pick = self.random.choice
        rows = [
            {"name": f"House {i}", "industry": pick(INDUSTRIES), "country": pick(COUNTRIES), "employees": pick([None, 3, 17, 250, 4000])}
            for i in range(60)
        ]
        self._import("contacts", rows, {"type": "contact", "constants": {"kind": "organisation"}, "columns": {c: c for c in rows[0]}})
        agents = [{"name": f"Agent {i}", "manager": pick(["Ada", "Bob", None]), "region": pick(["East", "West", None])} for i in range(12)]
        self._import("agents", agents, {"type": "sales_agent", "columns": {c: c for c in agents[0]}})

    def _deals(self):
        pick, start = self.random.choice, datetime.date(2023, 1, 1)
        rows = []
        for i in range(1500):
            currency, digits = pick(CURRENCIES)
            amount = None if self.random.random() < 0.15 else self.random.randrange(0, 900_000)
            if amount is not None and digits:
                amount = f"{amount // 100}.{amount % 100:02}"
            day = (start + datetime.timedelta(days=self.random.randrange(1100))).isoformat()
            rows.append({
                "name": f"Deal {i}", "stage": pick(STAGES), "source": pick(SOURCES),
                "agent": None if self.random.random() < 0.1 else f"Agent {self.random.randrange(12)}",
                "organisation": None if self.random.random() < 0.2 else f"House {self.random.randrange(60)}",
                "close_date": None if self.random.random() < 0.1 else day,
                "amount": None if amount is None else f"{amount} {currency}",
            })
        reference = lambda field, kind, by: {"field": field, "ref": {"type": kind, "by": by}}
        self._import("deals", rows, {
            "type": "opportunity", "on_missing_ref": "refuse",
            "columns": {
                "name": "name", "source": "source", "close_date": "close_date", "amount": "amount",
                "stage": reference("stage", "stage", "key"), "agent": reference("agent", "sales_agent", "name"),
                "organisation": reference("organisation", "contact", "name"),
            },
        })

    def _orders(self):
        """Most lie around the nights in which Europe changes its clocks."""
        people = [row["id"] for row in self.mortise.query("SELECT id FROM contact ORDER BY id")]
        nights = [datetime.datetime(y, m, d, tzinfo=datetime.timezone.utc).timestamp() for y, m, d in [(2024, 3, 31), (2024, 10, 27), (2025, 3, 30), (2025, 1, 1)]]
        batch = []
        for _ in range(1200):
            at = self.random.choice(nights) + self.random.randrange(-40 * 3600, 40 * 3600)
            if self.random.random() < 0.4:
                at = datetime.datetime(2024, 1, 1, tzinfo=datetime.timezone.utc).timestamp() + self.random.randrange(700 * 86400)
            batch.append({"contact": str(self.random.choice(people)), "at": int(at), "total": self.random.randrange(-5_000, 50_000) / 100, "items": self.random.randrange(1, 9)})
        answer = self.folder.run("--json", "--yes", "call", "orders.place", "-", input=json.dumps({"orders": batch}))
        assert answer.code == 0, answer.err

    def copy(self):
        """A backup, put back into a folder of its own: what the sqlite3 shell reads."""
        backup, other = self.folder.root / "house.backup", self.folder.root / "copy"
        self.mortise.run("backup", backup)
        answer = self.folder.run("--data", other, "restore", backup, data=False)
        assert answer.code == 0, answer.err
        return Shell(other / "mortise.db")


class Shell:
    """Independent SQL, by the sqlite3 shell, over the tables themselves."""

    VIEWS = """
CREATE TEMP VIEW deal AS SELECT o.*, a.region AS agent_region, a.name AS agent_name, a.manager AS agent_manager, c.country AS country,
  c.industry AS industry, c.employees AS employees, s.name AS stage_name
  FROM "mt$opportunity" o LEFT JOIN "mt$sales_agent" a ON a.id = o.agent AND a.deleted_at IS NULL
  LEFT JOIN "mt$contact" c ON c.id = o.organisation AND c.deleted_at IS NULL
  LEFT JOIN "mt$stage" s ON s.id = o.stage AND s.deleted_at IS NULL WHERE o.deleted_at IS NULL;
CREATE TEMP TABLE orders AS SELECT e.number, e.subject, e.time, (e.time / 1000000) AS second, d.data, c.country AS country FROM "mt$event" e
  JOIN "mt$event_data" d ON d.number = e.number JOIN "mt$name" n ON n.id = e.type AND n.text = 'order.placed'
  LEFT JOIN "mt$contact" c ON c.id = e.subject AND c.deleted_at IS NULL;
"""

    def __init__(self, file):
        self.file = file
        self.zones = ""

    def add_zone(self, name):
        """Offsets of a zone by Python's own tables, as a table `zone` of (second, offset)."""
        import zoneinfo
        zone, rows, last = zoneinfo.ZoneInfo(name), [], None
        for hour in range(int(datetime.datetime(2022, 1, 1, tzinfo=datetime.timezone.utc).timestamp()) // 3600, int(datetime.datetime(2027, 1, 1, tzinfo=datetime.timezone.utc).timestamp()) // 3600):
            offset = int(datetime.datetime.fromtimestamp(hour * 3600, zone).utcoffset().total_seconds())
            if offset != last:
                rows.append((hour * 3600, offset))
                last = offset
        values = ", ".join(f"({a}, {b})" for a, b in rows)
        self.zones = f"CREATE TEMP TABLE zone(second, offset); INSERT INTO zone VALUES {values};\n"

    def ask(self, statements):
        """The rows of each statement."""
        script = ".mode json\n" + self.VIEWS + self.zones
        for statement in statements:
            script += f".print ----\n{statement};\n"
        done = subprocess.run(["sqlite3", "-batch", str(self.file)], input=script, capture_output=True, text=True, check=False)
        assert done.returncode == 0 and not done.stderr, done.stderr[:2000]
        return [json.loads(part) if part.strip() else [] for part in done.stdout.split("----\n")[1:]]
