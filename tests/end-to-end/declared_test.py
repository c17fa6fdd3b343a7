#!/usr/bin/env python3
"""Everything that the manifests of pipelines, segmentation, e-mail and reporting declare, used with the real program over sample
customers: each command with each of its arguments, each query, view, report, job and setting. Answers are held against the declared
schemas, and what is declared and used nowhere fails: add a case to `declared_*.py` with the declaration."""

import json
import os
import pathlib
import re
import sys
import unittest

try:
    import jsonschema
except ImportError:
    print("skipped: python3-jsonschema is not installed")
    sys.exit(77)

import declared_groups
import declared_mail
import declared_selling
from declared_house import House, strict
from support import main

HERE = pathlib.Path(__file__).parent
PLUGINS = pathlib.Path(os.environ.get("MORTISE_PLUGIN_SOURCES", HERE.parent.parent / "plugins"))

# Arguments and settings that need more than this house has: the test that uses them.
ELSEWHERE = {
    "mortise.email/passwords": "email_imap_test.py",
    "mortise.email/largest_message": "email_imap_test.py",
}
# Members that an answer has only in circumstances that this house does not come into.
SELDOM = {
    "email.send": {"waits"},  # in quiet hours: plugins/email/tests/plugin_test.cpp
}
# Jobs that the clock starts, and not before an hour: the test that moves the clock.
BY_THE_CLOCK = {
    "pipelines.watch": ("plugins/pipelines/tests/forecast_test.cpp", 'run_schedule("watch")'),
    "reporting.look": ("plugins/reporting/tests/plugin_test.cpp", '"reporting.look"'),
    "segmentation.wake": ("plugins/segmentation/tests/plugin_test.cpp", '"segmentation.wake"'),
}
# Columns that nothing fills here: why.
EMPTY = {
    "email.mailbox_health": {"folder", "synced_at", "on_server"},  # no server is read here; email_imap_test.py does
    "email.sync_health": {"uid"},
}
# What every record has without its type declaring it.
COMMON = {"id", "version", "created_at", "updated_at", "owner", "created_by", "updated_by"}
KINDS = {
    "id": lambda v: isinstance(v, str) and v.isdigit(),
    "text": lambda v: isinstance(v, str),
    "int": lambda v: isinstance(v, int) and not isinstance(v, bool),
    "money": lambda v: isinstance(v, int) and not isinstance(v, bool),
    "decimal": lambda v: isinstance(v, (int, str)) and re.fullmatch(r"-?\d+(\.\d+)?", str(v)),
    "date": lambda v: isinstance(v, str) and re.fullmatch(r"\d{4}-\d\d-\d\d", v),
    "datetime": lambda v: isinstance(v, str) and re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z", v),
    "bool": lambda v: isinstance(v, bool),
    "duration": lambda v: isinstance(v, (int, str)),
}


def setUpModule():
    global house, host
    house = House(PLUGINS, initialise=False)
    answer = house.folder.run("--json", "demo")
    assert answer.code == 0, answer.err
    host = house.serving().__enter__()
    try:
        declared_selling.sell(house)
        declared_groups.group(house)
        declared_mail.correspond(house)
        declared_groups.report(house)
        house.wait_for_handlers()
    except BaseException:
        host.__exit__()
        raise


def tearDownModule():
    host.__exit__()
    house.folder.close()


def members_of(schema):
    return set(schema.get("properties", {}))


class Declared(unittest.TestCase):
    maxDiff = None

    def test_commands_answer_as_they_declare(self):
        for name, command in house.commands.items():
            with self.subTest(name):
                asked = house.asked.get(name, [])
                self.assertTrue(asked, "no case uses this command")
                self.assertTrue(members_of(command.get("result", {})), "its result says nothing of what it answers")
                schema = jsonschema.Draft202012Validator(strict(command["result"]))
                for arguments, answer in asked + house.previewed.get(name, []):
                    findings = [f"{'/'.join(map(str, e.path))}: {e.message}"[:300] for e in schema.iter_errors(answer)]
                    self.assertEqual(findings, [], arguments)
                answered = {member for _, answer in asked for member in answer}
                self.assertEqual(members_of(command["result"]) - answered - SELDOM.get(name, set()), set(), "declared, and never answered")
                given = {argument for arguments, _ in asked for argument in arguments}
                self.assertEqual(members_of(command["arguments"]) - given, set(), "arguments that no case gives")
                if command.get("preview"):
                    self.assertTrue(house.previewed.get(name))

    def rows_of(self, name):
        return house.query(query_text(name), **house.parameters.get(name, {}))

    def test_queries_give_their_columns(self):
        for name, query in house.queries.items():
            with self.subTest(name):
                wanted = set(query.get("parameters", {}).get("properties", {}))
                self.assertEqual(set(house.parameters.get(name, {})), wanted, "parameters that no case gives")
                rows = self.rows_of(name)
                self.assertTrue(rows, "no row: the case lacks something")
                columns = {column["name"]: column["kind"] for column in query["columns"]}
                self.assertEqual(list(rows[0]), list(columns))
                for column, kind in columns.items():
                    values = [row[column] for row in rows if row[column] is not None]
                    if not values:
                        self.assertIn(column, EMPTY.get(name, ()), "it is empty in every row")
                    wrong = [value for value in values if not KINDS[kind](value)]
                    self.assertEqual(wrong[:3], [], f"{column} is no {kind}")

    # What is shown

    def fields_of(self, source, record_type=None):
        """Names that a view of this source may speak of, and the values that each may have, where they are listed."""
        if "query" in source:
            return {column["name"]: None for column in house.queries[source["query"]]["columns"]}
        described = house.folder.json("types", source["type"])
        return {field["name"]: field.get("options") for field in described["fields"]} | {name: None for name in COMMON}

    def check_action(self, action, fields, plugin, context):
        command = house.commands[action["command"]]
        given = action.get("arguments", {})
        self.assertLessEqual(set(given), members_of(command["arguments"]), f"{context}: arguments that {action['command']} does not take")
        self.assertIn("console", command.get("audience", ["console"]), f"{context}: {action['command']} is not for people")
        for value in given.values():
            for field in re.findall(r"\{(\w+)\}", str(value)):
                self.assertIn(field, {*fields, "id", "group"}, context)
        for field, values in action.get("when", {}).items():
            self.assertIn(field, fields, context)
            options = fields[field]
            for value in values if isinstance(values, list) else [values]:
                if options:
                    self.assertIn(value, options, f"{context}: {field} is never so")

    def test_views_show_what_is_there(self):
        for manifest in house.manifests.values():
            for view in manifest.listed("views"):
                with self.subTest(view["name"]):
                    self.check_view(view, manifest)

    def check_view(self, view, manifest):
        source = view["source"]
        fields = self.fields_of(source)
        spoken = [column["field"] for column in view.get("columns", [])]
        spoken += [name for part in view.get("fields", []) for name in part["fields"]]
        spoken += [name.lstrip("-") for name in source.get("sort", [])]
        spoken += [view[one] for one in ("group_by", "card_title", "total") if one in view]
        chart = view.get("chart", {})
        spoken += chart.get("y", []) + [chart[one] for one in ("x", "series") if one in chart]
        self.assertEqual([name for name in spoken if name not in fields], [], "fields that are not there")
        if "groups" in view:
            groups = self.fields_of(view["groups"])
            self.assertEqual([n for n in view["groups"].get("sort", []) if n.lstrip("-") not in groups], [])
        if "on" in view:
            self.assertTrue(house.folder.json("types", view["on"]))
        for parameter in source.get("arguments", {}):
            self.assertIn(parameter, house.queries[source["query"]]["parameters"]["properties"])
        for action in view.get("actions", []) + ([view["on_drop"]] if "on_drop" in view else []):
            self.check_action(action, fields, manifest, action["command"])
        # There is something to show.
        if "type" in source:
            self.assertTrue(house.folder.json("records", source["type"], "list"), "no record: the case lacks something")

    def test_reports_can_be_drawn(self):
        for manifest in house.manifests.values():
            for report in manifest.listed("reports"):
                with self.subTest(report["name"]):
                    source = report["source"]
                    if "query" in source:
                        names = [column["name"] for column in house.queries[source["query"]]["columns"]]
                        self.assertTrue(self.rows_of(source["query"]))
                    else:
                        arguments = source.get("arguments", {})
                        command = house.commands[source["command"]]
                        answer = house.call(source["command"], **arguments)
                        jsonschema.Draft202012Validator(strict(command["result"])).validate(answer)
                        names = list(answer)
                        self.assertTrue([one for one in answer.values() if isinstance(one, list) and one], "it has no rows")
                    chart = report.get("chart", {})
                    spoken = chart.get("y", []) + [chart[one] for one in ("x", "series") if one in chart]
                    self.assertEqual([name for name in spoken if name not in names], [])

    def test_jobs_of_every_kind_run(self):
        """Those of a schedule of a minute run within the next."""
        house.use("email.sync_mailbox")
        declared = {job["name"] for manifest in house.manifests.values() for job in manifest.listed("jobs")}
        for test, how in BY_THE_CLOCK.values():
            self.assertTrue(how in (PLUGINS.parent / test).read_text(encoding="utf-8"), f"{test} does not say {how}")
        seen = lambda: {job["name"] for job in house.folder.json("jobs") if job["state"] == "done"}
        left = lambda: declared - set(BY_THE_CLOCK) - seen()
        self.assertTrue(house.eventually(lambda: not left()), left())
        failed = [job for job in house.folder.json("jobs") if job["state"] == "failed"]
        self.assertEqual(failed, [])
        scheduled = {one["job"] for manifest in house.manifests.values() for one in manifest.listed("schedules")}
        self.assertLessEqual(scheduled, declared)

    def test_settings_matter(self):
        declared_selling.settings(house)
        declared_groups.settings(house)
        declared_mail.settings(house)
        for manifest in house.manifests.values():
            if not manifest.settings:
                continue
            now = house.folder.json("settings", manifest.id)
            for name, setting in manifest.settings.items():
                with self.subTest(f"{manifest.id}/{name}"):
                    if elsewhere := ELSEWHERE.get(f"{manifest.id}/{name}"):
                        self.assertIn(name, (HERE / elsewhere).read_text(encoding="utf-8"))
                    else:
                        self.assertIn((manifest.id.split(".")[1], name), house.settled, "no case shows that it matters")
                    if "default" in setting:
                        self.assertEqual(now[name], setting["default"])
                        wrong = {"string": 5, "integer": "five", "boolean": "perhaps", "array": "one"}[setting["type"]]
                        answer = house.folder.run("--json", "settings", manifest.id, "set", name, json.dumps(wrong))
                        self.assertEqual(answer.code, 1, answer.out)


def query_text(name):
    sql = house.queries[name]["sql"]
    return "\n".join(sql) if isinstance(sql, list) else sql


if __name__ == "__main__":
    main()
