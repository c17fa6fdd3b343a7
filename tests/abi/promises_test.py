"""Breaks the contract on purpose, in every way that has broken plugins somewhere, and expects the check to say so.

Reads the environment: CC, a C compiler.
"""

import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "sdk/tools"))


class Promises(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="mortise-promises-")
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.interfaces = self.folder / "interfaces"
        shutil.copytree(ROOT / "sdk/interfaces", self.interfaces)
        self.manifest = json.loads((ROOT / "sdk/schemas/plugin.schema.json").read_text())
        self.reviewed = (ROOT / "tests/abi/reviewed.toml").read_text()

    def check(self, root=ROOT, **environment):
        (self.folder / "plugin.schema.json").write_text(json.dumps(self.manifest))
        (self.folder / "reviewed.toml").write_text(self.reviewed)
        return subprocess.run(
            [sys.executable, ROOT / "sdk/tools/promises.py", "--root", root, "--interfaces", self.interfaces,
             "--manifest", self.folder / "plugin.schema.json", "--reviewed", self.folder / "reviewed.toml"],
            capture_output=True, text=True, check=False, env={**os.environ, **environment})  # fmt: skip

    def says(self, *messages):
        done = self.check()
        self.assertEqual(done.returncode, 1, f"nobody noticed\n{done.stdout}")
        for message in messages:
            self.assertIn(message, done.stderr)

    def change(self, file, old, new):
        path = self.interfaces / f"{file}.toml"
        text = path.read_text()
        self.assertIn(old, text, "the description changed: mend this test")
        path.write_text(text.replace(old, new, 1))

    def breaks(self, file, old, new, *messages, binary=True):
        """Changes a description: the check must fail with these words, and by the compiled form too."""
        self.change(file, old, new)
        done = self.check()
        self.assertEqual(done.returncode, 1, f"nobody noticed\n{done.stdout}")
        for message in messages:
            self.assertIn(message, done.stderr)
        if shutil.which("abidiff"):
            (self.assertIn if binary else self.assertNotIn)("the binary form of release 0.1 changed", done.stderr)

    def keeps(self):
        done = self.check()
        self.assertEqual(done.returncode, 0, done.stderr)

    def test_nothing_is_broken_today(self):
        self.keeps()

    def test_a_member_that_is_inserted(self):
        self.breaks("error", "mortise_status code; ", "uint32_t hint;  new\nuint32_t spare;  new\nmortise_status code; ",
                    "mortise.error/1 mortise_error: the member hint was inserted into a release that is out. Breaks every plugin built against 0.1.",
                    "mortise_error: code moved from byte 4 to byte 12", "It is frozen for ever")

    def test_a_member_that_is_inserted_into_a_struct_that_may_grow(self):
        self.breaks("plugin", "actor        text  who asks", "team         u64   new\nactor        text  who asks",
                    "mortise_context: the member team was inserted into a release that is out", "mortise_context: actor moved from byte 8 to byte 16",
                    "give the member a `since` of its own")

    def test_a_type_that_is_widened(self):
        self.breaks("log", "level    u32 ", "level    u64 ",
                    "mortise.log/1 write: the argument level was `u32` and is `u64`. Breaks every plugin that calls it, built against 0.1.",
                    "describe a new function at the end")

    def test_a_type_that_is_widened_in_a_struct(self):
        self.breaks("events", "version       u32     N of", "version       u64     N of", "a hole of 4 bytes before version", binary=False)

    def test_a_buffer_that_grows(self):
        self.breaks("error", "char message[312]", "char message[824]", "mortise_error: message was `char message[312]` and is `char message[824]`",
                    "it had 512 bytes and has 1024")

    def test_a_function_that_is_removed(self):
        path = self.interfaces / "log.toml"
        path.write_text(path.read_text().split("[function.write]")[0])
        done = self.check()
        self.assertEqual(done.returncode, 1)
        self.assertIn("mortise.log/1 write: the function was removed. Breaks every plugin that calls or offers it, built against 0.1. "
                      "Keep it, and let it answer MORTISE_E_UNSUPPORTED.", done.stderr)

    def test_functions_that_change_places(self):
        path = self.interfaces / "plugin.toml"
        text = path.read_text()
        a, b = text.index("[function.activate]"), text.index("[function.quiesce]")
        c = text.index("[function.destroy]")
        path.write_text(text[:a] + text[b:c] + text[a:b] + text[c:])
        done = self.check()
        self.assertIn("mortise.plugin/1 activate: it moved from place 0 of its table to 1. Breaks every plugin that offers it", done.stderr)

    def test_an_enum_that_is_renumbered(self):
        self.breaks("error", "busy             -11 ", "busy             -31 ",
                    "mortise.error/1 code: MORTISE_E_BUSY was -11 and is -31. Breaks every plugin and host that compares with it,")

    def test_a_code_that_is_renamed(self):
        self.breaks("error", "exception        -18", "thrown           -18", "mortise.error/1 code: MORTISE_E_EXCEPTION was removed or renamed")

    def test_ownership_that_changes(self):
        self.breaks("log", 'errors = "INVALID  unknown level"', 'owner = "the plugin frees message"\nerrors = "INVALID  unknown level"',
                    'mortise.log/1 write: who owns what was "as everywhere" and is "the plugin frees message". Breaks every plugin that calls it,',
                    "Memory would be freed twice or never", binary=False)

    def test_threads_that_change(self):
        self.breaks("log", 'thread = "any"', 'thread = "strand"', "mortise.log/1 write: its threads were `any` and are `strand`", binary=False)

    def test_an_answer_that_is_new(self):
        self.breaks("log", "INVALID  unknown level", "INVALID  unknown level\\nBUSY  too much", "mortise.log/1 write: it now answers MORTISE_E_BUSY",
                    binary=False)

    def test_an_argument_that_becomes_needed(self):
        self.breaks("log", "fields   value? ", "fields   value ", "the argument fields was `value?` and is `value`", binary=False)

    def test_a_stable_interface_that_is_stable_no_longer(self):
        self.change("log", 'stability = "stable"', 'stability = "experimental"')
        self.assertIn("mortise.log/1: the interface was removed, or is stable no longer", self.check().stderr)

    def test_a_mark_that_says_deprecated_breaks_nothing(self):
        self.change("log", 'stability = "stable"', 'stability = "deprecated"')
        self.keeps()

    def test_what_is_deprecated_still_has_to_work(self):
        self.change("log", 'stability = "stable"', 'stability = "deprecated"')
        self.breaks("log", "level    u32 ", "level    u64 ", "mortise.log/1 write: the argument level was `u32` and is `u64`")

    def test_an_experimental_interface_does_not_change_unseen(self):
        path = self.interfaces / "query.toml"
        text = path.read_text()
        path.write_text(text.split("[function.named]")[0])
        removed = "mortise.query/1 named: the function was removed"
        self.says(removed, "say so in tests/abi/reviewed.toml")
        self.reviewed += f'\n[[change]]\nfinding = "{removed}"\nreason = "Nobody used it, and query does the same."\n'
        self.keeps()
        path.write_text(text)
        self.says(f"tests/abi/reviewed.toml: nothing changed that begins with `{removed}`: take it out")

    def test_a_change_without_a_reason_is_not_taken(self):
        self.reviewed += '\n[[change]]\nfinding = "mortise.log/1"\nreason = "so"\n'
        self.says("each [[change]] has a `finding`", "a `reason` of a sentence")

    def test_nothing_excuses_a_change_of_what_is_stable(self):
        self.reviewed += '\n[[change]]\nfinding = "mortise.log/1"\nreason = "It was so much nicer afterwards."\n'
        self.breaks("log", "level    u32 ", "level    u64 ", "mortise.log/1 write: the argument level was `u32` and is `u64`")

    def test_a_manifest_that_takes_less(self):
        properties, definitions = self.manifest["properties"], self.manifest["$defs"]
        del properties["homepage"]
        properties["summary"]["maxLength"] = 200
        properties["sdk"]["required"] = ["min", "built"]
        properties["instances"]["enum"] = ["one"]
        definitions["version"]["pattern"] = "^[0-9]+$"
        definitions["field"]["properties"]["min"]["type"] = "number"
        self.says("manifest homepage: it is known no longer. Breaks every package of 0.1",
                  "manifest summary: maxLength was 300 and is 200",
                  "manifest sdk: built has to be given now",
                  "manifest instances: enum takes no longer each",
                  "manifest (version): pattern was",
                  "manifest (field).min: type takes no longer string")  # fmt: skip

    def test_a_manifest_that_gets_closed(self):
        self.manifest["$defs"]["json_schema"] = {"type": "object"}
        self.manifest["$defs"]["object_schema"]["additionalProperties"] = False
        self.says("manifest (json_schema): type takes no longer boolean", "manifest (object_schema).*: it was true and is false")

    def test_a_manifest_that_takes_more(self):
        properties = self.manifest["properties"]
        properties["colour"] = {"description": "New.", "type": "string", "enum": ["red"]}
        properties["instances"]["enum"] += ["none"]
        properties["summary"]["maxLength"] = 400
        properties["name"]["description"] = "Other words."
        del properties["license"]["maxLength"]
        self.manifest["required"].remove("version")
        self.keeps()

    def test_a_golden_plugin_that_was_built_again(self):
        root = self.folder / "root"
        for part in ("tests/abi", "sdk/include/mortise/abi"):
            shutil.copytree(ROOT / part, root / part)
        with (root / "tests/abi/golden/0.1/goldenc.so").open("ab") as file:
            file.write(b"\0")
        done = self.check(root)
        self.assertEqual(done.returncode, 1)
        self.assertIn("goldenc.so is not the file of that release", done.stderr)

    def test_where_tools_are_required_their_absence_is_an_error(self):
        done = self.check(PATH="/nowhere", MORTISE_REQUIRE_TOOLS="1")
        self.assertEqual(done.returncode, 1)
        self.assertIn("abidiff is not installed (package abigail-tools)", done.stderr)

    def test_what_comes_later_at_the_end_breaks_nothing(self):
        self.change("log", '[function.write]', '[enum.colour]\ndoc = "New."\nprefix = "MORTISE_COLOUR_"\nvalues = "red 1 red"\n\n[function.write]')
        path = self.interfaces / "log.toml"
        path.write_text(path.read_text() + '\n[function.flush]\nsince = "0.2"\nthread = "any"\ndoc = "Waits."\nargs = ""\n')
        self.change("plugin", 'then, microseconds since 1970, UTC; 0 for now. Queries that name no time take it\n',
                    'then, microseconds since 1970, UTC; 0 for now. Queries that name no time take it\nteam         u64@0.2   new\n')
        self.change("error", "internal         -23  both  a bug in the callee", "internal         -23  both  a bug in the callee\nshy@0.2  -24  both  new")
        self.keeps()


if __name__ == "__main__":
    unittest.main()
