"""What may be compiled as one file, and what may not (tools/cmake/unity_groups.py)."""

import pathlib
import subprocess
import sys
import tempfile
import unittest

PROGRAM = pathlib.Path(__file__).resolve().parents[3] / "tools/cmake/unity_groups.py"


class UnityGroups(unittest.TestCase):
    def groups(self, tree, size=8):
        """Gets the groups of a target that is made of the .cpp files of the tree, as lists of names."""
        with tempfile.TemporaryDirectory() as folder:
            root = pathlib.Path(folder).resolve()
            for name, text in tree.items():
                (root / name).parent.mkdir(parents=True, exist_ok=True)
                (root / name).write_text(text, encoding="utf-8")
            sources = [str(root / name) for name in tree if name.endswith(".cpp")]
            (root / "targets.txt").write_text("|".join(["room", *sources]) + "\n", encoding="utf-8")
            command = [sys.executable, PROGRAM, root, str(size), root / "targets.txt", root / "groups.cmake"]
            subprocess.run(command, check=True, capture_output=True)
            lines = (root / "groups.cmake").read_text(encoding="utf-8").splitlines()
        return [[pathlib.Path(part).stem for part in line.split('"')[1::2]] for line in lines]

    @staticmethod
    def hidden(text):
        return "namespace mortise {\nnamespace {\n\n" + text + "\n} // namespace\n} // namespace mortise\n"

    def test_joins_what_has_nothing_in_common(self):
        self.assertEqual(self.groups({f"host/{name}.cpp": "int x();\n" for name in "abcd"}), [["a", "b", "c", "d"]])

    def test_keeps_to_the_size(self):
        self.assertEqual(self.groups({f"host/{name}.cpp": "" for name in "abcd"}, size=2), [["a", "b"], ["c", "d"]])

    def test_parts_files_with_a_private_name_in_common(self):
        for line in (
            "Error invalid(std::string_view text)\n{\n}\n",
            "constexpr std::array<int, 2> table{{1, 2}};\n",
            "const std::string list = R\"([])\";\n",
            "constexpr Check checks[]{\n};\n",
            "class Follower {\n};\n",
            "using Options = std::shared_ptr<int>;\n",
            "using Clock = std::chrono::steady_clock;\n",
            "template <class T>\nbool is_one_of(T value)\n{\n}\n",
            "void\nrun(int much)\n{\n}\n",
            "constexpr std::int64_t quiet_time\n    = 10 * minute;\n",
        ):
            with self.subTest(line):
                tree = {"host/a.cpp": self.hidden(line), "host/b.cpp": "", "host/c.cpp": self.hidden(line)}
                self.assertEqual(self.groups(tree), [["a", "b"]])

    def test_parts_static_functions_and_macros(self):
        for line in ("static int count(int a)\n{\n}\n", "#define EACH(x) x\n"):
            with self.subTest(line):
                self.assertEqual(self.groups({"host/a.cpp": line, "host/b.cpp": line}), [])

    def test_parts_a_private_function_from_who_may_mean_that_of_a_header(self):
        tree = {
            "host/names.hpp": "std::string name_of(Level level);\n",
            "host/a.cpp": self.hidden("std::string name_of(int what)\n{\n}\n"),
            "host/b.cpp": "auto x = name_of(Level::exact);\n",
            "host/c.cpp": "int c();\n",
        }
        self.assertEqual(self.groups(tree), [["a", "c"]])

    def test_leaves_a_private_type_with_the_name_of_one_in_a_header_alone(self):
        for line in ("struct Writer {\n};\n", "using Writer = int;\n", "using control::Writer;\n"):
            with self.subTest(line):
                header = {"host/writer.hpp": "class Writer {\n};\n"}
                tree = {**header, "host/a.cpp": self.hidden(line), "host/b.cpp": "", "host/c.cpp": ""}
                self.assertEqual(self.groups(tree), [["b", "c"]])

    def test_takes_no_test_for_a_name(self):
        text = self.hidden("TEST_F(LikeTest, Works)\n{\n}\n")
        self.assertEqual(self.groups({"host/a_test.cpp": text, "host/b_test.cpp": text}), [["a_test", "b_test"]])

    def test_parts_files_that_use_other_namespaces(self):
        tree = {"host/a.cpp": "using namespace mortise::bench;\n", "host/b.cpp": ""}
        self.assertEqual(self.groups(tree), [])


if __name__ == "__main__":
    unittest.main()
