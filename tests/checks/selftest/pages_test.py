import json

from support import CheckTest

SOURCE = "int main()\n{\n    // [answer]\n    int answer = 42;\n    // [/answer]\n    return answer;\n}\n"
PAGE = "# Page\n\n<!-- snippet: tests/docs/page.cpp answer -->\n```cpp\nint answer = 42;\n```\n"


class Snippets(CheckTest):
    check = "snippets"

    def build(self, *names):
        folder = self.root / "build"
        folder.mkdir(exist_ok=True)
        entries = [{"directory": str(self.root), "file": name, "command": "c++"} for name in names]
        (folder / "compile_commands.json").write_text(json.dumps(entries))
        return folder

    def test_accepts_a_compiled_part(self):
        tree = {"docs/page.md": PAGE, "tests/docs/page.cpp": SOURCE}
        self.assert_accepts(tree, self.build("tests/docs/page.cpp"))

    def refuse(self, words, page=PAGE, source=SOURCE):
        self.assert_refuses({"docs/page.md": page, "tests/docs/page.cpp": source}, words, self.build("tests/docs/page.cpp"))

    def test_refuses_a_block_without_source(self):
        self.refuse("docs/page.md:3: a C++ block without", page="# Page\n\n```cpp\nint x;\n```\n")

    def test_refuses_a_difference(self):
        self.refuse("differs from", page=PAGE.replace("42", "43"))

    def test_refuses_a_missing_tag(self):
        self.refuse("has no part", source="int main() {}\n")

    def test_refuses_a_missing_file(self):
        self.refuse("does not exist", page=PAGE.replace("page.cpp", "other.cpp"))

    def test_refuses_a_part_that_is_not_compiled(self):
        tree = {"docs/page.md": PAGE, "tests/docs/page.cpp": SOURCE}
        self.assert_refuses(tree, "is not compiled", self.build("tests/docs/other.cpp"))

    def json_page(self, block, name="tests/docs/plugin.json"):
        mark = f"<!-- json: {name} -->\n" if name else ""
        return {"docs/guides/page.md": f"# Page\n\n{mark}```json\n{block}\n```\n",
                "tests/docs/plugin.json": '{"jobs": [{"name": "a"}, {"name": "tidy", "title": "Tidy", "timeout": 5}]}',
                "plugin.schema.json": json.dumps({"$schema": "x", "$defs": {}, "properties": {"jobs": {"type": "array"}}})}  # fmt: skip

    def test_accepts_a_piece_of_a_file(self):
        for block in ('{ "name": "tidy", "timeout": 5 }', '"jobs": [{ "name": "tidy" }]'):
            self.assert_accepts(self.json_page(block), self.build())

    def test_refuses_json_that_no_file_has(self):
        self.assert_refuses(self.json_page('{ "name": "tidy", "timeout": 6 }'), "page.md:3: tests/docs/plugin.json says nothing like it", self.build())
        self.assert_refuses(self.json_page("{ name }"), "not JSON", self.build())
        self.assert_refuses(self.json_page("{}", ""), "a JSON block without its line", self.build())
        self.assert_refuses(self.json_page("{}", "tests/docs/none.json"), "does not exist", self.build())

    def test_refuses_keys_that_the_schema_does_not_know(self):
        self.assert_accepts(self.json_page('"jobs": []', "plugin.schema.json"), self.build())
        self.assert_refuses(self.json_page('"job": []', "plugin.schema.json"), "the manifest has no job", self.build())
        self.assert_refuses(self.json_page('"jobs": 1', "plugin.schema.json"), "$.jobs: 1 is not of type 'array'", self.build())


class Texts(CheckTest):
    check = "texts"

    def test_accepts_plain_files(self):
        self.assert_accepts({
            "README.md": "# Title\n\nSee [the part](docs/page.md#one-part), [web](https://example.org/), [below](#title).\n",
            "docs/page.md": "## One `part`\n",
            "a.cpp": "int working; // network/root/x\n",
        })  # fmt: skip

    def test_refuses_paths_of_a_machine(self):
        for folder in ("work", "root", "farm"):
            self.assert_refuses({"a.md": f"see /{folder}/x\n"}, "a.md:1: a path of one machine")

    def test_refuses_host_names_of_registries(self):
        self.assert_refuses({"a.sh": "curl http://deb." + "debian.org/x\n"}, "a registry's host name")

    def test_refuses_things_left_to_do(self):
        self.assert_refuses({"a.cpp": "// TO" + "DO: later\n"}, "something left to do")

    def test_refuses_merge_conflicts(self):
        self.assert_refuses({"a.cpp": "<" * 7 + " HEAD\n"}, "a merge conflict")

    def test_refuses_a_long_file_without_reason(self):
        self.assert_refuses({"a.cpp": "int a;\n" * 501}, "a.cpp: 501 lines; split it")

    def test_accepts_a_long_file_with_a_reason(self):
        self.assert_accepts({"a.cpp": "int a;\n" * 501, "tests/checks/long_files.txt": "a.cpp  one table\n"})

    def test_refuses_a_reason_for_no_file(self):
        self.assert_refuses({"tests/checks/long_files.txt": "a.cpp  one table\n"}, "a.cpp is not there")

    def test_refuses_dead_links(self):
        self.assert_refuses({"a.md": "\n[x](docs/none.md)\n"}, "a.md:2: dead link docs/none.md")
        self.assert_refuses({"a.md": "![picture](none.png)\n"}, "dead link none.png")
        self.assert_refuses({"a.md": "# Title\n[x](#other)\n"}, "no heading #other")
