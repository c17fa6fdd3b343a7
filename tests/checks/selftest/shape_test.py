from support import CheckTest

GOOD = {
    "plugins/CMakeLists.txt": "add_subdirectory(lead-scoring)\n",
    "plugins/lead-scoring/CMakeLists.txt": "mortise_add_plugin(NAME lead-scoring SOURCES src/rules.cpp TESTS tests/rules_test.cpp)\n",
    "plugins/lead-scoring/README.md": "# Lead scoring\nEvents, commands, settings, permissions.\n",
    "plugins/lead-scoring/plugin.json": '{"id": "mortise.lead-scoring", "version": "0.1.0"}\n',
    "plugins/lead-scoring/src/plugin.cpp": "MORTISE_PLUGIN(LeadScoring)\n",
    "plugins/lead-scoring/src/rules.cpp": "\n",
    "plugins/lead-scoring/tests/rules_test.cpp": "\n",
}


class PluginShape(CheckTest):
    check = "plugin_shape"

    def refuse(self, words, changes):
        tree = {f"plugins/{name}" if not name.startswith("plugins/") else name: text for name, text in changes.items()}
        self.assert_refuses({**GOOD, **tree}, words)

    def test_accepts_the_shape(self):
        self.assert_accepts(GOOD)

    def test_refuses_a_missing_file(self):
        for name in GOOD:
            if name.startswith("plugins/lead-scoring/") and not name.endswith("rules.cpp"):
                with self.subTest(name):
                    for path in self.root.rglob("*.*"):
                        path.unlink()
                    self.assert_refuses({key: text for key, text in GOOD.items() if key != name}, "lead-scoring: no ")

    def test_refuses_a_build_that_does_more(self):
        more = GOOD["plugins/lead-scoring/CMakeLists.txt"] + "target_link_libraries(x PRIVATE mortise_host_base)\n"
        self.refuse("calls mortise_add_plugin once", {"lead-scoring/CMakeLists.txt": more})

    def test_refuses_a_source_that_is_not_built(self):
        self.refuse("src/more.cpp is not built", {"lead-scoring/src/more.cpp": "\n"})

    def test_refuses_a_plugin_that_is_not_listed(self):
        self.refuse("not in plugins/CMakeLists.txt", {"plugins/CMakeLists.txt": "# lead-scoring\n"})

    def test_refuses_a_foreign_id(self):
        self.refuse("does not end on", {"lead-scoring/plugin.json": '{"id": "mortise.other", "version": "1"}'})

    def test_refuses_a_broken_manifest(self):
        self.refuse("not JSON", {"lead-scoring/plugin.json": "{"})

    def test_refuses_a_silent_readme(self):
        self.refuse("nothing about permissions", {"lead-scoring/README.md": "events commands settings\n"})

    def test_refuses_a_second_entry(self):
        self.refuse("only src/plugin.cpp", {"lead-scoring/src/rules.cpp": "MORTISE_PLUGIN(Rules)\n"})

    def test_refuses_a_name_that_is_not_kebab_case(self):
        self.refuse("not kebab-case", {"Lead_Scoring/README.md": "\n"})
