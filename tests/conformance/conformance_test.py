"""What `mortise-sdk check` says: of each bad plugin that its fault is seen, of our own plugins that nothing is wrong.

Reads the environment: MORTISE_SDK (the program), MORTISE_BAD_PLUGINS, MORTISE_LOSSES (a good one), MORTISE_PLUGINS (folders of built plugins),
MORTISE_EXAMPLE (the plugin of the guides), MORTISE_SOURCE (the source tree).
"""

import concurrent.futures
import hashlib
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
LOSSES = pathlib.Path(os.environ["MORTISE_LOSSES"])
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
        cases, earlier = {}, {}
        for folder in sorted(each for each in BAD.iterdir() if each.is_dir()):
            expected, *before = (folder / "expected").read_text().split()
            if expected != "none":
                cases[folder.name] = expected
                earlier[folder.name] = [word for name in before for word in ("--from", BAD / name)]
        with concurrent.futures.ThreadPoolExecutor(2) as pool:
            reports = dict(zip(cases, pool.map(
                lambda name: check(BAD / name, "--only", cases[name], "--timeout", "8", *earlier[name])[1]["checks"], cases)))
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


class GoodPlugins(unittest.TestCase):
    """What a plugin may do is not taken for a fault."""

    def test_calls_of_a_required_plugin_are_not_its_own(self):
        """Pipelines publishes opportunity.lost in a handler that queries: its calls neither fail nor count here."""
        code, report = check(LOSSES, "--with", OURS / "mortise.pipelines")
        wrong = [f'{found["id"]}: {found["text"]}' for found in report["checks"] if found["verdict"] in ("fail", "warn")]
        self.assertEqual((code, wrong), (0, []))
        verdicts = {found["id"]: found["verdict"] for found in report["checks"]}
        for each in ("faults.recovery", "calls.events", "calls.arguments", "calls.wrong_arguments", "calls.answers_fit"):
            self.assertEqual(verdicts[each], "pass", each)


class Samples(unittest.TestCase):
    def found(self, plugin, only, change=lambda manifest: None):
        with tempfile.TemporaryDirectory() as folder:
            copy = shutil.copytree(BAD / plugin, pathlib.Path(folder, "plugin"))
            manifest = json.loads((copy / "plugin.json").read_text())
            change(manifest)
            (copy / "plugin.json").write_text(json.dumps(manifest))
            return check(copy, "--only", only)[1]["checks"][0]

    def test_a_command_that_never_goes_well_is_told_with_its_refusal(self):
        found = self.found("only_magic", "calls.succeed")
        self.assertEqual(found["verdict"], "warn")
        self.assertIn("bad.echo never went well: bad.no_magic: this is not the word", found["text"])
        self.assertIn('"examples"', found["text"])

    def test_examples_are_samples(self):
        def of_one(manifest):
            manifest["commands"][0]["arguments"]["properties"]["text"]["examples"] = ["hocus pocus", "abracadabra"]

        def of_all(manifest):
            manifest["commands"][0]["arguments"]["examples"] = [{"text": "abracadabra"}]

        def unfit(manifest):
            manifest["commands"][0]["arguments"]["examples"] = [{"txt": "abracadabra"}]

        for change in (of_one, of_all):
            self.assertEqual(self.found("only_magic", "calls.succeed", change)["verdict"], "pass")
        found = self.found("only_magic", "calls.succeed", unfit)
        self.assertEqual(found["verdict"], "warn")
        self.assertIn("its example 1 does not fit its schema", found["text"])

    def test_what_no_sample_mends_is_a_failure_that_says_what(self):
        for plugin, only, said in (
                ("text_forgotten", "calls.own_writes", "bad.note: records.required: a bad_note needs a value for text"),
                ("unknown_option", "calls.own_writes", '"furious" is none of the options (the options are good, bad)'),
                ("unknown_field", "calls.own_writes", 'bad_note has no field "colour"'),
                ("query_unasked", "calls.permissions", 'com.test.bad may not read contact: it has no permission "contacts.read"'),
                ("contact_unasked", "calls.permissions", 'bad.note: plugin com.test.bad has no permission "contacts.write"'),
                ("read_wants_to_write", "calls.reads_write_nothing", 'bad.note says that its effect is "read", and wants to write'),
                ("handler_forgets", "calls.events", 'the subscription "notes" fails: '),
        ):
            with self.subTest(plugin):
                found = self.found(plugin, only)
                self.assertEqual(found["verdict"], "fail", found["text"])
                self.assertIn(said, found["text"])

    def test_a_value_of_the_caller_is_no_fault_of_the_plugin(self):
        """It writes the text that it is given into a list of options."""
        def lists(manifest):
            manifest["types"][0]["fields"][0].update(kind="enum", options=["one", "two", "ensured"])

        self.assertEqual(self.found("good", "calls.own_writes", lists)["verdict"], "pass")

    def test_what_a_view_names_is_told_with_its_place_and_what_there_is(self):
        for plugin, said in (("wrong_condition", '"nothing", at /views/0/actions/0/when/nothing'),
                             ("wrong_placeholder", '"txt", at /views/0/actions/0/arguments/text')):  # fmt: skip
            text = self.found(plugin, "manifest.fields_there")["text"]
            self.assertIn(said, text)
            self.assertIn("they have id, text", text)

    def test_a_condition_on_a_type_of_others_that_names_no_option_is_told(self):
        def about_contacts(manifest):
            manifest["views"][0].update(source={"type": "contact"}, columns=[])
            manifest["views"][0]["actions"][0]["when"] = {"kind": ["person", "robot"]}

        text = self.found("wrong_condition", "manifest.fields_there", about_contacts)["text"]
        self.assertIn('"robot" is no option of the field "kind", at /views/0/actions/0/when/kind/1; its options are person, ', text)


class Upgrades(unittest.TestCase):
    def test_a_good_one_passes_from_a_folder_and_a_package(self):
        with tempfile.TemporaryDirectory() as folder:
            package = pathlib.Path(folder, "earlier.mortise")
            self.assertEqual(sdk("pack", BAD / "earlier", "-o", package)[0], 0)
            for earlier in (BAD / "earlier", package):
                code, report = check(BAD / "later", "--from", earlier, "--only", "upgrade")
                told = [(found["id"], found["verdict"], found["text"]) for found in report["checks"]]
                self.assertEqual({verdict for _, verdict, _ in told}, {"pass"}, told)
                self.assertEqual(code, 0)
                self.assertRegex(dict(each[::2] for each in told)["upgrade.goes_well"], r"0\.9\.0 -> 1\.0\.0 with \d+ records")

    def test_they_run_only_from_an_earlier_version(self):
        ids = [found["id"] for found in check(BAD / "later", "--only", "manifest,upgrade")[1]["checks"]]
        self.assertIn("upgrade.goes_well", ids)
        found = check(BAD / "later", "--only", "upgrade.goes_well")[1]["checks"][0]
        self.assertEqual((found["verdict"], found["text"]), ("skip", "no earlier version was given: --from FOLDER or PACKAGE"))

    def test_says_what_is_wrong_with_what(self):
        for plugin, only, said in (
                ("not_newer", "is_newer", "the earlier version is 0.9.0, and this one 0.9.0"),
                ("upgrade_fails", "goes_well", "cannot read the old records"),
                ("kind_changed", "goes_well", "mood"),
                ("upgrade_loses", "keeps_records", "records of bad_note out of"),
                ("upgrade_empties", "keeps_records", 'bad_note.mood held "good" and is empty'),
                ("requires_more", "fills_required", "have no weight, which is required now"),
                ("option_gone", "keeps_options", 'records of bad_note have mood "bad", which is no option any more'),
                ("no_way_back", "goes_back", "it cannot read the new form"),
        ):
            with self.subTest(plugin):
                earlier = (BAD / plugin / "expected").read_text().split()[1]
                found = check(BAD / plugin, "--from", BAD / earlier, "--only", f"upgrade.{only}")[1]["checks"][0]
                self.assertEqual(found["verdict"], "fail", found["text"])
                self.assertIn(said, found["text"])


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
        self.assertEqual(len(report["checks"]), sum(not each["id"].startswith("upgrade.") for each in all_checks()))
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
        """Step for step, also if the plugin takes the process with it; another seed leads another life."""
        def life(*arguments):
            _, report = check(BAD / "crash_on_fifth", *arguments)
            self.assertEqual([found["id"] for found in report["checks"]], ["fuzz.life"])
            return report["seed"], report["checks"][0]["text"]

        first = life("--reproduce", "7")
        self.assertRegex(first[1], r"signal 6[^\n]*\nafter \d+ steps \(the last: .+\); repeat it with --reproduce 7$")
        self.assertEqual(first, life("--reproduce", "7"))
        self.assertNotEqual(first[1].split("); ")[0], life("--reproduce", "8")[1].split("); ")[0])
        self.assertEqual(life("--only", "fuzz"), life("--reproduce", "1"), "without a seed it is 1")
        out = sdk("check", BAD / "crash_on_fifth", "--only", "fuzz")[1]
        self.assertIn("seed 1; what chance did comes again with --reproduce 1", out)

    def test_tells_on_which_hosts_it_runs(self):
        code, report = check(BAD / "good", "--only", "file.library_there", "--against", "0.1")
        self.assertEqual((code, [host["runs"] for host in report["hosts"]]), (0, [True]))
        code, report = check(BAD / "unknown_interface", "--only", "file.library_there", "--against", "0.0")
        self.assertEqual(code, 1)
        self.assertIn("sdk.min 0.1", report["hosts"][0]["reasons"][0])
        self.assertEqual(sdk("check", BAD / "good", "--against", "99.0")[0], 1)

    def test_pack_tells_what_it_made(self):
        with tempfile.TemporaryDirectory() as folder:
            package = pathlib.Path(folder, "good.mortise")
            packed = json.loads(sdk("--json", "pack", BAD / "good", "-o", package)[1])
            self.assertEqual(packed["sha256"], hashlib.sha256(package.read_bytes()).hexdigest())
            self.assertEqual(packed["bytes"], package.stat().st_size)
            contents = {file["path"]: file["sha256"] for file in packed["contents"]}
            for name in ("plugin.json", "bad.so"):
                self.assertEqual(contents[name], hashlib.sha256((BAD / "good" / name).read_bytes()).hexdigest())
            self.assertFalse(packed["signed"])
            code, told, _ = sdk("pack", BAD / "good", "-o", package)
        self.assertEqual(code, 0)
        for part in (packed["sha256"], f'{packed["bytes"]} bytes', "bad.so, ", "signed    no", f"next: mortise-sdk check {package}"):
            self.assertIn(part, told)

    def test_what_is_required_is_found_by_its_name(self):
        with tempfile.TemporaryDirectory() as folder:
            package = pathlib.Path(folder, "pipelines.mortise")
            self.assertEqual(sdk("pack", OURS / "mortise.pipelines", "-o", package)[0], 0)
            for name in ("mortise.pipelines", "pipelines", OURS / "mortise.pipelines", package):
                _, report = check(LOSSES, "--only", "manifest.permissions_known", "--with", name)
                self.assertEqual(report["checks"][0]["verdict"], "pass", name)
        code, _, err = sdk("check", LOSSES, "--with", "mortise.pipeline")
        self.assertEqual(code, 1)
        for part in ('there is no plugin "mortise.pipeline"', f"the folder {pathlib.Path.cwd() / 'mortise.pipeline'}",
                     str(OURS), "did you mean mortise.pipelines?", "mortise.reporting"):  # fmt: skip
            self.assertIn(part, err)

    def test_says_what_it_does_not_find(self):
        self.assertEqual(sdk("check", "/nowhere")[0], 1)
        code, _, err = sdk("check", BAD / "good", "--only", "file.nothing")
        self.assertEqual(code, 1)
        self.assertIn("there is no check", err)


if __name__ == "__main__":
    unittest.main()
