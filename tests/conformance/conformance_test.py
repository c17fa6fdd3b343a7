"""What `mortise-sdk check` says: of each bad plugin that its fault is seen, of our own plugins that nothing is wrong.

Reads the environment: MORTISE_SDK (the program), MORTISE_BAD_PLUGINS, MORTISE_PLUGINS (folders of built plugins),
MORTISE_EXAMPLE (the plugin of the guides), MORTISE_SOURCE (the source tree).
"""

import concurrent.futures
import json
import os
import pathlib
import re
import shutil
import subprocess
import tempfile
import unittest

SDK = os.environ["MORTISE_SDK"]
BAD = pathlib.Path(os.environ["MORTISE_BAD_PLUGINS"])
OURS = pathlib.Path(os.environ["MORTISE_PLUGINS"])
EXAMPLE = pathlib.Path(os.environ["MORTISE_EXAMPLE"])
SOURCE = pathlib.Path(os.environ["MORTISE_SOURCE"])


def sdk(*arguments):
    """Runs the program; gets its exit code and what it printed."""
    done = subprocess.run([SDK, *map(str, arguments)], capture_output=True, text=True, timeout=500, check=False)
    return done.returncode, done.stdout, done.stderr


def check(folder, *arguments):
    """Checks a plugin; gets the exit code and the report."""
    code, out, err = sdk("--json", "check", folder, *arguments)
    try:
        return code, json.loads(out)
    except ValueError as problem:
        raise AssertionError(f"no JSON: {out!r} {err!r}") from problem


def all_checks():
    return json.loads(sdk("--json", "check", "--list")[1])


class BadPlugins(unittest.TestCase):
    """Each fault is seen by the check that is for it, and the good plugin has none."""

    def test_each_fault_is_seen(self):
        cases = {folder.name: (folder / "expected").read_text().strip() for folder in sorted(BAD.iterdir()) if folder.is_dir()}
        cases.pop("good")
        with concurrent.futures.ThreadPoolExecutor(2) as pool:
            reports = dict(zip(cases, pool.map(
                lambda name: check(BAD / name, "--only", cases[name], "--timeout", "8")[1]["checks"], cases)))
        for name, expected in cases.items():
            with self.subTest(name):
                self.assertEqual([found["id"] for found in reports[name]], [expected])
                found = reports[name][0]
                self.assertIn(found["verdict"], ("fail", "warn"), found["text"])
                self.assertTrue(found["text"], "it says what the plugin did")
        seen = set(cases.values())
        self.assertEqual({each["id"] for each in all_checks()} - seen, set(), "checks that no bad plugin fails")

    def test_the_good_one_has_none(self):
        code, report = check(BAD / "good")
        wrong = [f'{found["id"]}: {found["text"]}' for found in report["checks"] if found["verdict"] in ("fail", "warn")]
        self.assertEqual(wrong, [])
        self.assertEqual(code, 0)
        self.assertEqual(report["score"], 100)


class OwnPlugins(unittest.TestCase):
    def test_ours_pass_without_exception(self):
        for manifest in sorted(SOURCE.glob("plugins/*/plugin.json")):
            plugin = json.loads(manifest.read_text())
            required = [OURS / other for other in plugin.get("requires", {}).get("plugins", {})]
            arguments = [word for folder in required for word in ("--with", folder)]
            with self.subTest(plugin["id"]):
                _, report = check(OURS / plugin["id"], *arguments)
                wrong = [f'{found["id"]}: {found["text"]}' for found in report["checks"] if found["verdict"] == "fail"]
                self.assertEqual(wrong, [])

    def test_the_plugin_of_the_guides_passes(self):
        code, report = check(EXAMPLE, "--with", OURS / "mortise.pipelines")
        wrong = [f'{found["id"]}: {found["text"]}' for found in report["checks"] if found["verdict"] in ("fail", "warn")]
        self.assertEqual((code, wrong), (0, []))
        self.assertEqual(report["score"], 100)
        verdicts = {found["id"]: found["verdict"] for found in report["checks"]}
        for each in ("faults.recovery", "state.repetition", "state.no_truth_in_memory"):
            self.assertEqual(verdicts[each], "pass", each)

    def test_the_plugin_of_the_guides_does_without_pipelines(self):
        code, report = check(EXAMPLE)
        wrong = [found for found in report["checks"] if found["verdict"] in ("fail", "warn")]
        self.assertEqual((code, [found["id"] for found in wrong]), (0, ["manifest.permissions_known"]))
        self.assertIn("opportunities.read", wrong[0]["text"])

    def test_events_of_others_must_be_asked_for(self):
        """Else the host withholds them, and nobody would notice."""
        with tempfile.TemporaryDirectory() as folder:
            plugin = pathlib.Path(folder, "plugin")
            shutil.copytree(EXAMPLE, plugin)
            manifest = json.loads((plugin / "plugin.json").read_text())

            def finding(permissions):
                manifest["permissions"] = permissions
                (plugin / "plugin.json").unlink()
                (plugin / "plugin.json").write_text(json.dumps(manifest))
                only = ("--only", "manifest.permissions_known", "--with", OURS / "mortise.pipelines")
                return check(plugin, *only)[1]["checks"][0]

            found = finding(["contacts.read", "contacts.write"])
            self.assertEqual(found["verdict"], "fail")
            self.assertIn("opportunity.won (opportunities.read)", found["text"])
            found = finding(["contacts.read", "contacts.write", "opportunities.read", "opportunites.write"])
            self.assertEqual(found["verdict"], "warn")
            self.assertIn("opportunites.write (did you mean opportunities.write?)", found["text"])

    def test_ours_pass_when_they_are_packed(self):
        with tempfile.TemporaryDirectory() as folder:
            package = pathlib.Path(folder, "packed.mortise")
            self.assertEqual(sdk("pack", OURS / "mortise.reporting", "-o", package)[0], 0)
            code, report = check(package)
        self.assertEqual([f'{found["id"]}: {found["text"]}' for found in report["checks"] if found["verdict"] == "fail"], [])
        self.assertEqual(code, 0)


class Program(unittest.TestCase):
    def test_there_are_at_least_sixty_and_the_page_lists_them(self):
        checks = all_checks()
        self.assertGreaterEqual(len(checks), 60)
        page = (SOURCE / "docs/reference/checks.md").read_text()
        listed = dict(re.findall(r"^\| `([a-z_.]+)` \| (.*?) \|", page, re.M))
        self.assertEqual(listed, {each["id"]: each["sentence"].replace("|", "\\|") for each in checks})

    def test_pages_that_checks_name_exist(self):
        for each in all_checks():
            with self.subTest(each["id"]):
                self.assertTrue((SOURCE / each["page"].split("#")[0]).is_file(), each["page"])
                self.assertRegex(each["page"], r"^docs/(reference|guides)/", "a page that vendors have")

    def test_the_score_card_is_for_people(self):
        code, out, _ = sdk("check", BAD / "extra_export", "--only", "file")
        self.assertEqual(code, 1)
        self.assertIn("fail file.one_export", out)
        self.assertIn("leaked_symbol", out)
        self.assertIn("written in: docs/guides/packaging.md#the-library (mortise-sdk docs guides/packaging)", out)
        command = re.search(r"\(mortise-sdk (docs \S+)\)", out).group(1).split()
        self.assertIn("# Packaging", sdk(*command)[1])
        self.assertRegex(out, r"all +\d+ %")

    def test_a_plugin_that_does_not_start_is_told_once(self):
        code, out, _ = sdk("check", BAD / "fails_to_start", "--only", "file,load,views")
        self.assertEqual(code, 1)
        self.assertEqual(out.count("it does not start: "), 1, out)
        self.assertRegex(out, r"so \d+ checks were not tried: load\.open_quiet, .* and \d+ more")
        self.assertIn("pass file.one_export", out, "what can be tried is")
        _, report = check(BAD / "fails_to_start", "--only", "load,views")
        stopped = [found for found in report["checks"] if not found["tried"]]
        self.assertGreater(len(stopped), 5)
        for found in stopped:
            self.assertEqual((found["verdict"], found["text"][:17]), ("fail", "it does not start"))

    def test_a_misspelt_key_is_told_first_and_nothing_false_with_it(self):
        with tempfile.TemporaryDirectory() as folder:
            plugin = shutil.copytree(BAD / "good", pathlib.Path(folder, "plugin"))
            manifest = json.loads((plugin / "plugin.json").read_text())
            manifest["subscribe"] = manifest.pop("subscribes")
            (plugin / "plugin.json").write_text(json.dumps(manifest))
            code, out, _ = sdk("check", plugin)
            _, report = check(plugin)
        self.assertEqual(code, 1)
        self.assertTrue(out.startswith("fail manifest.valid"), out)
        self.assertIn('did you mean "subscribes"?', out.split("written in:")[0])
        for false in ("names no library", "cannot read", "may be written to", "looks for summary"):
            self.assertNotIn(false, out)
        self.assertLess(out.count("\n"), 30, out)
        self.assertRegex(out, r"all +0 % +0 passed, 1 failed, \d+ not tried")
        self.assertEqual(len(report["checks"]), len(all_checks()))
        self.assertEqual([found["id"] for found in report["checks"] if found["tried"]], ["manifest.valid"])

    def test_a_library_that_is_not_built_is_told_as_that(self):
        with tempfile.TemporaryDirectory() as folder:
            plugin = shutil.copytree(BAD / "good", pathlib.Path(folder, "plugin"))
            for library in plugin.glob("*.so"):
                library.unlink()
            _, out, _ = sdk("check", plugin, "--only", "file,manifest.valid")
        self.assertIn("(build it first)", out)
        self.assertNotIn("may be written to", out)

    def test_a_seed_repeats_what_chance_did(self):
        first = check(BAD / "crash_on_fifth", "--reproduce", "7")[1]["checks"]
        again = check(BAD / "crash_on_fifth", "--reproduce", "7")[1]["checks"]
        self.assertEqual([found["id"] for found in first], ["fuzz.life"])
        self.assertEqual(first[0]["text"], again[0]["text"])

    def test_tells_on_which_hosts_it_runs(self):
        code, report = check(BAD / "good", "--only", "file.library_there", "--against", "0.1")
        self.assertEqual((code, [host["runs"] for host in report["hosts"]]), (0, [True]))
        code, report = check(BAD / "unknown_interface", "--only", "file.library_there", "--against", "0.0")
        self.assertEqual(code, 1)
        self.assertIn("sdk.min 0.1", report["hosts"][0]["reasons"][0])
        self.assertEqual(sdk("check", BAD / "good", "--against", "99.0")[0], 1)

    def test_says_what_it_does_not_find(self):
        self.assertEqual(sdk("check", "/nowhere")[0], 1)
        code, _, err = sdk("check", BAD / "good", "--only", "file.nothing")
        self.assertEqual(code, 1)
        self.assertIn("there is no check", err)


if __name__ == "__main__":
    unittest.main()
