"""Every view and report of our plugins, shown as text by the command line."""

import json
import pathlib
import re

import support


class Views(support.FolderTest):
    @classmethod
    def setUpClass(cls):
        cls.folder = support.Folder(initialise=False)
        cls.addClassCleanup(cls.folder.close)
        answer = cls.folder.run("demo")
        assert answer.code == 0, answer.err

    def setUp(self):
        """The demo's folder is that of all."""

    def record_for(self, view):
        """Gets a record that a part of a page is about."""
        records = self.folder.json("records", view["on"], "list", "--limit", "1")
        return ["--record", records[0]["id"]] if records else None

    def test_shows_each(self):
        views = self.folder.json("views")
        self.assertLessEqual({"table", "board", "tab", "record", "report"}, {view["kind"] for view in views})
        shown = 0
        with support.Serving(self.folder):
            for view in views:
                about = self.record_for(view) if "on" in view else []
                if about is None:
                    continue
                with self.subTest(view["name"]):
                    if view["kind"] == "report":
                        about = [*about, "--report"]
                    asked = self.folder.run("--json", "views", view["name"], *about)
                    if asked.code and asked.error()["key"] == "pipelines.no_snapshot":
                        continue  # it compares with a snapshot, and none was taken yet
                    self.assertEqual(asked.code, 0, asked.err)
                    answer = asked.json()
                    self.assertEqual(answer["title"], view["title"])
                    if answer["rows"]:
                        self.assertTrue(answer["columns"])
                        fields = {column["field"] for column in answer["columns"]}
                        self.assertTrue(fields & set(answer["rows"][0]), f'{fields} of {answer["rows"][0]}')
                        shown += 1
                    self.assertIn(view["title"], self.folder.run("views", view["name"], *about).out)
        self.assertGreater(shown, 10, "views that show something")

    def test_a_report_with_a_chart_and_without_columns_shows_every_column(self):
        report = next(view for view in self.folder.json("views") if view["name"] == "pipelines.pipeline_by_stage")
        self.assertIn("chart", report)
        self.assertNotIn("columns", report)
        shown = self.folder.json("views", report["name"], "--report")
        self.assertEqual(
            [column["field"] for column in shown["columns"]], ["pipeline", "stage", "name", "currency", "deals", "amount"])
        self.assertEqual([column["field"] for column in shown["columns"]], list(shown["rows"][0]))

    def test_a_board_says_in_which_column_a_card_is(self):
        board = self.folder.json("views", "pipelines.board", "--limit", "3")
        self.assertEqual(board["kind"], "board")
        self.assertEqual(len(board["rows"]), 3)
        self.assertIn("stage", [column["field"] for column in board["columns"]])

    def test_shows_totals_and_buttons_as_the_test_kit_does(self):
        seen = self.folder.run("views", "pipelines.board", "--limit", "40").out
        self.assertRegex(seen, r"\[[^\]]*[Ww]in[^\]]*\]", "behind the open ones")
        self.assertRegex(seen, r"(?m)^sum of Amount in .*: [0-9.]+ EUR$")
        self.assertRegex(
            seen, r"""(?m)^button \[.*\]: mortise call pipelines.win_opportunity '\{"opportunity":"\{id\}"\}', where status is open$"""
        )
        self.assertRegex(seen, r"(?m)^button \[.*\]: mortise call pipelines.reopen_opportunity '.*', where status is won or lost$")
        view = self.folder.json("views", "pipelines.board", "--limit", "40")
        win = next(each for each in view["actions"] if each["command"] == "pipelines.win_opportunity")
        self.assertEqual((win["arguments"], win["when"]), ({"opportunity": "{id}"}, {"status": "open"}))
        self.assertTrue(win["label"])
        self.assertTrue(all(each["group"] and each["field"] == "amount" for each in view["totals"]))
        listed = next(each for each in self.folder.json("views") if any("total" in one for one in each.get("columns", []))
                      and each["kind"] == "table" and "query" not in each["source"] and "on" not in each)  # fmt: skip
        self.assertRegex(self.folder.run("views", listed["name"]).out, r"(?m)^sum of ")

    def test_a_button_of_a_page_is_filled_in(self):
        contact = self.folder.json("records", "opportunity", "list", "--limit", "1")[0]["organisation"]
        tab = next(view for view in self.folder.json("views") if view["kind"] == "tab" and view["name"].startswith("pipelines.")
                   and "{id}" in str(view.get("actions")))  # fmt: skip
        self.assertIn(f'"{contact}"', self.folder.run("views", tab["name"], "--record", contact).out)

    def test_options_are_read_by_their_labels(self):
        field = {"name": "tier", "kind": "enum", "label": "Tier", "options": ["basic", {"value": "pro", "label": "Professional"}]}
        self.assertIn("pro (Professional)", self.folder.run("types", "contact", "add-field", json.dumps(field)).out)
        described = self.folder.json("types", "contact")["fields"]
        tier = next(each for each in described if each["name"] == "tier")
        self.assertEqual((tier["options"], tier["option_labels"]), (["basic", "pro"], {"pro": "Professional"}))
        made = self.folder.json("contacts", "create", json.dumps({"name": "Ada", "tier": "pro"}))
        self.assertEqual(self.folder.json("contacts", "show", made["id"])["tier"], "pro")
        refused = self.folder.run("--json", "contacts", "create", json.dumps({"name": "Eve", "tier": "Professional"}))
        self.assertIn("pro (Professional)", refused.error()["hint"])
        for seen in (("contacts", "list", "--where", "name=Ada"), ("contacts", "show", made["id"])):
            self.assertRegex(self.folder.run(*seen).out, r"\bProfessional\b", "people read the label")
            self.assertNotRegex(self.folder.run(*seen).out, r"\bpro\b")
        self.assertEqual(self.folder.json("contacts", "list", "--where", "name=Ada")[0]["tier"], "pro", "programs the value")
        field["options"][1]["label"] = "For professionals"
        self.assertIn("pro (For professionals)", self.folder.run("types", "contact", "add-field", json.dumps(field)).out)

    def test_a_column_of_a_query_that_names_its_field_says_the_labels_of_options(self):
        deal = {"name": "Hoped for", "amount": "10 EUR", "close_date": "2027-01-05", "forecast_category": "best_case"}
        self.folder.json("records", "opportunity", "create", json.dumps(deal))
        shown = self.folder.run("views", "pipelines.forecast_sheet", "--limit", "500").out
        self.assertIn("Best case", shown)
        self.assertNotIn("best_case", shown)
        rows = self.folder.json("views", "pipelines.forecast_sheet", "--limit", "500")["rows"]
        self.assertIn("best_case", [row["category"] for row in rows], "programs get the value")

    def test_what_a_manifest_says_of_its_plugin_and_its_types_is_shown(self):
        manifest = json.loads((pathlib.Path(self.folder.json("plugins", "info", "mortise.pipelines")["folder"]) / "plugin.json").read_text())
        seen = self.folder.run("plugins", "info", "mortise.pipelines").out
        self.assertRegex(seen, r"(?m)^license +" + re.escape(manifest["license"]) + "$")
        types = {each["name"]: each for each in self.folder.json("types")}
        self.assertEqual(types["opportunity"]["label_plural"], "Opportunities")
        self.assertEqual(types["contact"]["label_plural"], "")

    def test_opportunities_have_contacts_of_their_organisation(self):
        rows = self.folder.json(
            "query",
            "SELECT count(*) AS all_of_them, count(o.contact) AS with_one, count(DISTINCT o.contact) AS people,"
            " sum(c.organisation = o.organisation) AS fitting"
            " FROM opportunity AS o JOIN contact AS c ON c.id = o.contact",
        )
        self.assertEqual(rows[0]["all_of_them"], 400)
        self.assertEqual(rows[0]["fitting"], 400)
        self.assertGreater(rows[0]["people"], 250)

    def test_says_what_is_missing(self):
        error = self.folder.run("--json", "views", "pipelines.bored")
        self.assertEqual(error.code, 1)
        self.assertIn("pipelines.board", error.error()["hint"])
        tab = next(view for view in self.folder.json("views") if view["kind"] == "tab")
        error = self.folder.run("--json", "views", tab["name"])
        self.assertEqual((error.code, error.error()["where"]), (2, "--record"))


if __name__ == "__main__":
    support.main()
