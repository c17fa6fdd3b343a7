import json
import pathlib
import shutil
import subprocess
import tempfile
import unittest

from support import CHECKS, CheckTest

PROJECT = CHECKS.parent.parent


@unittest.skipUnless(shutil.which("clang-format-19"), "clang-format-19 is not installed")
class Format(CheckTest):
    check = "format"

    def setUp(self):
        super().setUp()
        shutil.copy(PROJECT / ".clang-format", self.root)

    def test_accepts_formatted_files(self):
        self.assert_accepts({"a.cpp": "int a = 1;\n"})

    def test_refuses_unformatted_files(self):
        self.assert_refuses({"a.cpp": "int a = 1;\n", "b.cpp": "\nint  b=1 ;\n"}, "b.cpp:2: not formatted")


@unittest.skipUnless(shutil.which("clang-tidy-19"), "clang-tidy-19 is not installed")
class Tidy(CheckTest):
    check = "tidy"

    def setUp(self):
        super().setUp()
        (self.root / ".clang-tidy").write_text("Checks: '-*,readability-else-after-return'\nWarningsAsErrors: '*'\n")
        self.build = self.root / "build"
        self.build.mkdir()

    def commit(self, tree):
        """Commits the tree, so that the next change differs from a base."""
        self.write({**tree, ".gitignore": "/build/\n"})
        git = ["git", "-C", self.root, "-c", "user.name=test", "-c", "user.email=test@example.org"]
        for arguments in (["init", "--quiet", "--initial-branch=main"], ["add", "--all"], ["commit", "--quiet", "--message=one"]):
            subprocess.run([*git, *arguments], check=True, capture_output=True)
        names = [name for name in tree if name.endswith(".cpp")]
        entries = [{"directory": str(self.root), "file": name, "command": f"c++ -c {name}"} for name in names]
        (self.build / "compile_commands.json").write_text(json.dumps(entries))

    BAD = "int bad(int a)\n{\n    if (a)\n        return 1;\n    else\n        return 2;\n}\n"

    def test_refuses_a_finding_in_a_changed_file(self):
        self.commit({"a.cpp": "int a;\n", "b.cpp": "int b;\n"})
        self.assert_refuses({"a.cpp": self.BAD}, "else-after-return", self.build, "--base", "HEAD")

    def test_checks_a_header_through_its_own_source(self):
        self.commit({"a.hpp": "int bad(int a);\n", "a.cpp": '#include "a.hpp"\n\n' + self.BAD})
        self.assert_refuses({"a.hpp": "int  bad(int a);\n"}, "else-after-return", self.build, "--base", "HEAD")

    def test_leaves_unchanged_files_alone(self):
        self.commit({"a.cpp": self.BAD, "b.cpp": "int b;\n"})
        self.assert_accepts({"b.cpp": "int c;\n"}, self.build, "--base", "HEAD")

    def test_checks_everything_when_asked(self):
        self.commit({"a.cpp": self.BAD, "b.cpp": "int b;\n"})
        self.assert_refuses({}, "else-after-return", self.build, "--all")

    def test_checks_files_that_are_compiled_together(self):
        self.commit({"a.cpp": "int a;\n", "b.cpp": "int b;\n"})
        joined = self.build / "Unity" / "unity_0_cxx.cxx"
        joined.parent.mkdir()
        joined.write_text("".join(f'#include "{self.root / name}"\n' for name in ("a.cpp", "b.cpp")))
        entry = {"directory": str(self.root), "file": str(joined), "command": f"c++ -o unity.o -c {joined}"}
        (self.build / "compile_commands.json").write_text(json.dumps([entry]))
        self.assert_refuses({"b.cpp": self.BAD}, "else-after-return", self.build, "--base", "HEAD")

    def test_skips_visibly_without_a_base(self):
        self.commit({"a.cpp": self.BAD})
        status, text = self.run_check({}, self.build)
        self.assertEqual(status, 77)
        self.assertIn("skipped: no base is known", text)

    def test_names_what_it_had_no_time_for(self):
        self.commit({"a.cpp": "int a;\n"})
        status, text = self.run_check({"a.cpp": self.BAD}, self.build, "--base", "HEAD", "--budget", "0.000001")
        self.assertEqual(status, 0, text)
        self.assertIn("no time left for 1 of 1 files", text)


class HeadersAlone(unittest.TestCase):
    """The CMake function that compiles each header by itself."""

    def build(self, folder, header):
        root = pathlib.Path(folder)
        (root / "part").mkdir(exist_ok=True)
        (root / "part/given.hpp").write_text("#pragma once\nusing Given = int;\n")
        (root / "part/under_test.hpp").write_text("#pragma once\n" + header)
        (root / "part/late.cpp").write_text('#include "part/given.hpp"\n#include "part/under_test.hpp"\n')
        (root / "CMakeLists.txt").write_text(
            "cmake_minimum_required(VERSION 3.25)\nproject(selftest LANGUAGES C CXX)\n"
            "add_library(mortise_defaults INTERFACE)\nadd_library(mortise::defaults ALIAS mortise_defaults)\n"
            "add_library(own INTERFACE)\ntarget_include_directories(own INTERFACE ${CMAKE_CURRENT_SOURCE_DIR})\n"
            f"include({PROJECT}/tests/cmake/HeadersAlone.cmake)\n"
            "mortise_headers_alone(part FOLDERS ${CMAKE_CURRENT_SOURCE_DIR}/part LIBRARIES own)\n"
        )
        for arguments in (["-G", "Ninja", "-S", root, "-B", root / "out"], ["--build", root / "out"]):
            run = subprocess.run(["cmake", *arguments], capture_output=True, text=True, check=False)
            if run.returncode:
                break
        return run

    def test_refuses_a_header_that_needs_another_first(self):
        with self.subTest("needs another"), tempfile.TemporaryDirectory() as folder:
            run = self.build(folder, "inline Given value = 1;\n")
            self.assertNotEqual(run.returncode, 0)
            self.assertIn("under_test.hpp", run.stdout)
        with self.subTest("stands alone"), tempfile.TemporaryDirectory() as folder:
            run = self.build(folder, '#include "part/given.hpp"\ninline Given value = 1;\n')
            self.assertEqual(run.returncode, 0, run.stdout + run.stderr)

