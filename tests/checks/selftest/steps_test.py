"""How ./test judges what failed beside others (tools/steps.sh, docs/decisions/0027)."""

import pathlib
import subprocess
import tempfile
import unittest

STEPS = pathlib.Path(__file__).resolve().parents[3] / "tools/steps.sh"
PRESETS = """{"version": 6, "configurePresets": [{"name": "release", "generator": "Ninja", "binaryDir": "${sourceDir}/build/release"}],
 "testPresets": [{"name": "release", "configurePreset": "release"}]}"""
# Fails the first time and never again.
UNSTEADY = 'add_test(NAME unsteady%d COMMAND sh -c "test -e was%d || { touch was%d; false; }")\n'


class RunTests(unittest.TestCase):
    def run_tests(self, tests):
        with tempfile.TemporaryDirectory() as folder:
            root = pathlib.Path(folder)
            (root / "CMakePresets.json").write_text(PRESETS)
            (root / "CMakeLists.txt").write_text("cmake_minimum_required(VERSION 3.25)\nproject(p NONE)\nenable_testing()\nadd_test(NAME good COMMAND true)\n" + tests)
            subprocess.run(["cmake", "--preset", "release"], cwd=root, check=True, capture_output=True)
            return subprocess.run(["bash", "-c", f"source '{STEPS}'; run_tests release"], cwd=root, capture_output=True, text=True, check=False)

    def test_passes_and_says_nothing_more_when_all_pass(self):
        answer = self.run_tests("")
        self.assertEqual(answer.returncode, 0, answer.stdout + answer.stderr)
        self.assertNotIn("UNSTEADY", answer.stdout)

    def test_names_what_passes_alone(self):
        answer = self.run_tests(UNSTEADY % (1, 1, 1))
        self.assertEqual(answer.returncode, 0, answer.stdout + answer.stderr)
        self.assertIn("UNSTEADY, to be mended: unsteady1", answer.stdout)

    def test_fails_when_one_fails_alone(self):
        answer = self.run_tests(UNSTEADY % (1, 1, 1) + "add_test(NAME bad COMMAND false)\n")
        self.assertNotEqual(answer.returncode, 0)
        self.assertNotIn("UNSTEADY", answer.stdout)

    def test_fails_at_once_when_more_than_three_fail(self):
        answer = self.run_tests("".join(UNSTEADY % (i, i, i) for i in range(4)))
        self.assertNotEqual(answer.returncode, 0)
        self.assertNotIn("Run alone", answer.stdout)


if __name__ == "__main__":
    unittest.main()
