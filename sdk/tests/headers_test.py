"""The public headers under every compiler, library and standard that the contract allows.

The C ABI as C11, C17, C++17 and C++20; the C++ layer as C++20, with and without RTTI, on libstdc++ and libc++. A hook
that captures something is refused by the compiler, with words that say why. Compilers that are not installed are
skipped; at least one must be there. Reads the environment: MORTISE_CXX, the compiler of the build.
"""

import os
import pathlib
import shutil
import subprocess
import tempfile
import unittest

INCLUDE = pathlib.Path(__file__).resolve().parents[1] / "include"
WARNINGS = "-Wall -Wextra -Wpedantic -Wconversion -Wshadow -Werror".split()
C_COMPILERS = [c for c in ("gcc", "clang-14") if shutil.which(c)]
CXX_COMPILERS = [
    (c, flags)
    for c, flags in ((os.environ.get("MORTISE_CXX", "g++"), []), ("clang++-14", []), ("clang++-14", ["-stdlib=libc++"]))
    if shutil.which(c) and ("-stdlib=libc++" not in flags or pathlib.Path("/usr/lib/llvm-14/include/c++/v1").exists())
]

PLUGIN = """#include <mortise/plugin.hpp>
struct Sample : mortise::Plugin {
    explicit Sample(mortise::Host from) : Plugin{from}
    {
        [[maybe_unused]] int count = 0;
        before("contact.create", %s);
    }
};
MORTISE_PLUGIN(Sample)
"""
PURE = "[](const mortise::Settings&, mortise::Reader&, mortise::Draft&) {}"
STATEFUL = "[&count](const mortise::Settings&, mortise::Reader&, mortise::Draft&) { ++count; }"


class Headers(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="mortise-headers-")
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def compile(self, compiler, flags, text, suffix):
        source = self.folder / f"unit{suffix}"
        source.write_text(text)
        command = [compiler, *flags, *WARNINGS, f"-I{INCLUDE}", "-fsyntax-only", str(source)]
        return subprocess.run(command, capture_output=True, text=True, check=False)

    def assert_compiles(self, *arguments):
        done = self.compile(*arguments)
        self.assertEqual(done.returncode, 0, f"{arguments[:2]}\n{done.stderr[:4000]}")

    def test_the_c_abi_is_c(self):
        self.assertTrue(C_COMPILERS)
        for compiler in C_COMPILERS:
            for standard in ("c11", "c17"):
                with self.subTest(compiler=compiler, standard=standard):
                    self.assert_compiles(compiler, [f"-std={standard}"], "#include <mortise/abi/mortise.h>\nint main(void) { return 0; }\n", ".c")

    def test_each_c_header_stands_alone(self):
        headers = sorted((INCLUDE / "mortise/abi").glob("*.h"))
        self.assertGreater(len(headers), 10)
        for header in headers:
            for suffix in (".c", ".cpp"):
                text = f"#include <mortise/abi/{header.name}>\ntypedef int unit_is_not_empty;\n"
                (self.folder / f"alone_{header.stem}{suffix}").write_text(text)
        ways = [(compiler, [f"-std={standard}"], ".c") for compiler in C_COMPILERS for standard in ("c11", "c17")]
        ways += [(compiler, [*flags, f"-std={standard}"], ".cpp") for compiler, flags in CXX_COMPILERS for standard in ("c++17", "c++20")]
        for compiler, flags, suffix in ways:
            with self.subTest(compiler=compiler, flags=flags):
                units = [str(unit) for unit in sorted(self.folder.glob(f"alone_*{suffix}"))]
                command = [compiler, *flags, *WARNINGS, f"-I{INCLUDE}", "-fsyntax-only", *units]
                done = subprocess.run(command, capture_output=True, text=True, check=False)
                self.assertEqual(done.returncode, 0, done.stderr[:4000])

    def test_the_c_abi_is_c_plus_plus(self):
        self.assertTrue(CXX_COMPILERS)
        for compiler, flags in CXX_COMPILERS:
            for standard in ("c++17", "c++20"):
                with self.subTest(compiler=compiler, flags=flags, standard=standard):
                    self.assert_compiles(compiler, [*flags, f"-std={standard}"], "#include <mortise/abi/mortise.h>\n", ".cpp")

    def test_the_layer_compiles_everywhere(self):
        everything = "".join(f"#include <mortise/{h.name}>\n" for h in sorted((INCLUDE / "mortise").glob("*.hpp")))
        for compiler, flags in CXX_COMPILERS:
            for rtti in ([], ["-fno-rtti"]):
                with self.subTest(compiler=compiler, flags=flags, rtti=rtti):
                    self.assert_compiles(compiler, [*flags, "-std=c++20", *rtti], everything + PLUGIN % PURE, ".cpp")

    def test_a_hook_that_captures_is_refused_with_the_reason(self):
        for compiler, flags in CXX_COMPILERS:
            with self.subTest(compiler=compiler, flags=flags):
                done = self.compile(compiler, [*flags, "-std=c++20"], PLUGIN % STATEFUL, ".cpp")
                self.assertNotEqual(done.returncode, 0)
                self.assertIn("a hook is a pure function", done.stderr)

    def test_a_result_that_cannot_be_copied_is_refused_with_the_reason(self):
        for value in ("mortise::Record", "std::vector<mortise::Record>", "mortise::Rows"):
            text = f"#include <mortise/plugin.hpp>\nvoid use(const mortise::Result<{value}>& found) {{ (void)mortise::require(found); }}\n"
            for compiler, flags in CXX_COMPILERS:
                with self.subTest(compiler=compiler, flags=flags, value=value):
                    done = self.compile(compiler, [*flags, "-std=c++20"], text, ".cpp")
                    self.assertNotEqual(done.returncode, 0)
                    self.assertIn("require(std::move(result))", done.stderr)
                    self.assertEqual(done.stderr.count(" error: "), 1, done.stderr)

    def test_the_layer_has_nothing_that_outlives_the_library(self):
        for header in sorted(INCLUDE.rglob("mortise/**/*.hpp")):
            text = header.read_text()
            with self.subTest(header.name):
                self.assertNotIn("thread_local", text)
                self.assertNotIn("typeid(", text)
                self.assertNotIn("dynamic_cast", text)


if __name__ == "__main__":
    unittest.main()
