"""Every view and report of our plugins, shown as text by the command line."""

import support


class Views(support.FolderTest):
    def setUp(self):
        self.folder = support.Folder(initialise=False)
        self.addCleanup(self.folder.close)
        answer = self.folder.run("demo")
        self.assertEqual(answer.code, 0, answer.err)

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

    def test_a_board_says_in_which_column_a_card_is(self):
        board = self.folder.json("views", "pipelines.board", "--limit", "3")
        self.assertEqual(board["kind"], "board")
        self.assertEqual(len(board["rows"]), 3)
        self.assertIn("stage", [column["field"] for column in board["columns"]])

    def test_says_what_is_missing(self):
        error = self.folder.run("--json", "views", "pipelines.bored")
        self.assertEqual(error.code, 1)
        self.assertIn("pipelines.board", error.error()["hint"])
        tab = next(view for view in self.folder.json("views") if view["kind"] == "tab")
        error = self.folder.run("--json", "views", tab["name"])
        self.assertEqual((error.code, error.error()["where"]), (2, "--record"))


if __name__ == "__main__":
    support.main()
