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
