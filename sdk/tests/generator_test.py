"""What the generator refuses, and what it writes. Reads the environment: CC (a C compiler), for bands."""

import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

SDK = pathlib.Path(__file__).resolve().parents[1]
sys.path.insert(0, str(SDK / "tools"))

from generator import c_header, events_page, host_checks, layout_test, manifest_page, model, reference  # noqa: E402
from generator.types import Problem  # noqa: E402

GOOD = '''
interface = "mortise.sample/1"
side = "host"
stability = "experimental"
since = "0.1"
doc = "A sample."

[struct.item]
doc = "An item."
fields = """
count  u32     how many
name   text    its name
data   value?  a map
"""

[function.put]
since = "0.1"
thread = "strand job"
doc = "Puts items."
args = """
work    u64          the unit
items   span<item>   the items
ids     span<u64>    their ids
first   out<u64>     the first
result  sink<value>  receives what was put
"""
errors = "NOT_FOUND  no such unit"
'''


class Generator(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="mortise-generator-")
        self.addCleanup(folder.cleanup)
        self.root = pathlib.Path(folder.name)
        self.interfaces = self.root / "sdk/interfaces"
        shutil.copytree(SDK / "interfaces", self.interfaces)

    def load(self, text=GOOD, file="sample"):
        (self.interfaces / f"{file}.toml").write_text(text)
        return model.load(self.interfaces)

    def sample(self, text=GOOD):
        return next(i for i in self.load(text) if i.file == "sample")

    def refused(self, old, new, message):
        """Replaces `old` in a good description and expects the generator to refuse it with these words."""
        self.assertIn(old, GOOD)
        with self.assertRaises(Problem) as problem:
            self.load(GOOD.replace(old, new))
        self.assertIn(message, str(problem.exception))

    def test_takes_a_good_description(self):
        self.assertEqual([f.name for f in self.sample().functions], ["put"])

    def test_refuses_what_cannot_cross_a_process_border(self):
        for spelling in [
            "pointer", "void*", "char*", "mortise_on_event", "function", "callback<event>", "bool", "int", "size_t",
            "u8", "u16", "f32", "string", "handle", "span<text>", "span<value>", "span<span<u64>>", "span<u32>", "span<nothing>",
            "sink<text>", "sink<item>", "sink", "out<text>", "out<item>", "out<value>", "out", "out<u64", "u64>", "u64<",
            "text?", "u64?", "span<item>?", "unknown_struct", "items*",
        ]:
            with self.subTest(spelling):
                self.refused("span<item> ", spelling, f"a {spelling} cannot cross a process border")

    def test_refuses_fields_that_cannot_lie_in_a_struct(self):
        for spelling in ["span<u64>", "out<u64>", "sink<value>", "item"]:
            with self.subTest(spelling):
                self.refused("name   text    its name", f"name   {spelling}    its name", "cannot be a field")

    def test_refuses_holes(self):
        self.refused("count  u32     how many\n", "", "a hole of 4 bytes before name")
        self.refused("data   value?  a map", "last   u32     a number", "a hole of 4 bytes at the end")

    def test_refuses_a_member_that_does_not_stand_at_the_end(self):
        self.refused("name   text    its name", "name   text@0.2    its name", "grows only at its end")
        later = GOOD + GOOD[GOOD.index("[function.put]"):].replace("put", "later").replace('since = "0.1"', 'since = "0.2"')
        self.assertEqual(self.sample(later).revision, 2)
        earlier = later.replace('since = "0.2"', 'since = "0.1"').replace('[function.put]\nsince = "0.1"', '[function.put]\nsince = "0.2"')
        with self.assertRaisesRegex(Problem, "a table grows only at its end: later"):
            self.load(earlier)

    def test_refuses_an_argument_that_is_added_later(self):
        self.refused("work    u64 ", "work    u64@0.2 ", "never gets another argument")

    def test_refuses_unknown_words(self):
        self.refused('thread = "strand job"', 'thread = "main"', "thread is")
        self.refused('thread = "strand job"', 'thread = "any job"', "thread is")
        self.refused('thread = "strand job"', 'thread = ""', "thread is")
        self.refused("NOT_FOUND  no such unit", "NOWHERE  no such unit", "NOWHERE is not a status code")
        self.refused("NOT_FOUND  no such unit", "NOT_FOUND", "is not a status code with words")
        self.refused('side = "host"', 'side = "guest"', "side is one of")
        self.refused('stability = "experimental"', 'stability = "soon"', "stability one of")
        self.refused('doc = "Puts items."', 'doc = ""', "no doc")
        self.refused('doc = "Puts items."', 'doc = "Puts items."\nowners = "nobody"', "unknown entry 'owners'")
        self.refused('"mortise.sample/1"', '"sample/1"', "must be mortise.sample/REVISION")
        self.refused('since = "0.1"\nthread', 'since = "soon"\nthread', "is not a release")
        self.refused("[function.put]", "[function.put", "sample.toml")

    def test_refuses_names_that_cannot_be_names(self):
        for name in ["class", "delete", "self", "error", "Put", "put-it", "1st"]:
            with self.subTest(name):
                self.refused("work    u64 ", f"{name}    u64 ", "cannot be a name")
        self.refused("first   out<u64> ", "work   out<u64> ", "stands twice")
        self.refused("first   out<u64> ", "items_count   out<u64> ", "stands twice")
        self.refused("[struct.item]", "[struct.operation]", "has a struct operation already")

    def test_refuses_a_row_without_words(self):
        self.refused("work    u64          the unit", "work    u64", "is not: name type words")

    def test_writes_everything_that_a_function_needs_to_be_understood(self):
        header = c_header.header(self.sample())
        for part in ["Puts items.", "Thread: strand, job.", "Since 0.1.", "MORTISE_E_NOT_FOUND", "no such unit",
                     "const mortise_item* items,", "uint64_t items_count,", "const uint64_t* ids,", "mortise_sink result,",
                     "uint64_t* first,", "mortise_error* error", '#define MORTISE_SAMPLE_ID "mortise.sample/1"']:
            self.assertIn(part, header)
        page = reference.page(self.sample())
        for part in ["# mortise.sample/1", "Experimental", "`span<item>`", "| `MORTISE_E_NOT_FOUND` | no such unit |"]:
            self.assertIn(part, page)

    def test_checks_every_argument_before_the_call(self):
        checks = host_checks.checked_header(self.sample())
        call = checks.index("sample->put(")
        for part in ["check_items(check, items, items_count, MORTISE_ITEM_MIN_SIZE", 'check.span(ids, ids_count, "ids")',
                     'check.pointer(first, "first")', 'check.sink(result, "result")', "AbiFunction::sample_put, error"]:
            self.assertIn(part, checks)
            self.assertLess(checks.index(part), call)

    def test_computes_the_layout_of_structs(self):
        item = self.sample().structs[0]
        self.assertEqual([f.offset for f in item.fields], [4, 8, 24])
        self.assertEqual((item.size, item.first_size), (40, 40))

    def banded(self):
        return GOOD.replace('data   value?  a map\n"""', 'data   value?  a map\nmore   u64@0.2  more\nlast   i64@1.0  last\n"""') + '''
[function.take]
since = "1.0"
thread = "any"
doc = "Takes."
args = "all  u32  whether to take all"
'''

    def test_puts_later_members_into_bands(self):
        interfaces = self.load(self.banded())
        sample = next(i for i in interfaces if i.file == "sample")
        self.assertEqual((sample.structs[0].size, sample.structs[0].first_size), (56, 40))
        header = c_header.header(sample)
        self.assertIn("#if MORTISE_ABI_TARGET >= 2 /* 0.2 */", header)
        self.assertIn("#if MORTISE_ABI_TARGET >= 1000 /* 1.0 */", header)
        self.compile(interfaces, sample)

    def compile(self, interfaces, sample):
        """Compiles the header at each release: sizes must be those of that release."""
        include = self.root / "include/mortise/abi"
        shutil.copytree(SDK / "include/mortise/abi", include)
        for interface in interfaces:
            (include / f"{interface.file}.h").write_text(c_header.header(interface))
        for target, struct, table in [(1, 40, 16), (2, 48, 16), (999, 48, 16), (1000, 56, 24), (5000, 56, 24)]:
            source = self.root / "at.c"
            source.write_text("#include <mortise/abi/sample.h>\n"
                              f'_Static_assert(sizeof(mortise_item) == {struct}, "struct");\n'
                              f'_Static_assert(sizeof(mortise_sample) == {table}, "table");\n'
                              '_Static_assert(MORTISE_ITEM_MIN_SIZE == 40, "minimum");\n')
            command = [os.environ.get("CC", "cc"), "-std=c11", "-Wall", "-Wextra", "-pedantic", "-Werror", "-fsyntax-only",
                       f"-DMORTISE_ABI_TARGET={target}", f"-I{self.root / 'include'}", str(source)]
            done = subprocess.run(command, capture_output=True, text=True, check=False)
            self.assertEqual(done.returncode, 0, f"target {target}\n{done.stderr}")

    def test_pins_every_member_in_the_layout_test(self):
        text = layout_test.layout(self.load())
        for part in ["SIZE(mortise_item, 40);", "PLACE(mortise_item, name, 8);", "SIZE(mortise_sample, 16);",
                     "PLACE(mortise_sample, put, 8);", "NUMBER(MORTISE_E_IO, -17);", "SIZE(mortise_error, 512);"]:
            self.assertIn(part, text)

    def test_the_page_of_the_manifest_has_every_key(self):
        schema = json.loads((SDK / "schemas/plugin.schema.json").read_text())
        page = manifest_page.page(schema, manifest_page.MANIFEST, "plugin.json")
        for node in (schema, *schema["$defs"].values()):
            for key, child in node.get("properties", {}).items():
                if len(node["properties"]) > 1:
                    self.assertRegex(page, rf"\| `{re.escape(key)}`( \(required\))? \| ")
                    self.assertIn(manifest_page.escape(child["description"]), page)
        self.assertIn("| `sdk.min` (required) | string |", page)
        self.assertIn("| `options[].value` (required) | name |", page)
        self.assertIn("| `on` (required) | pattern or list of pattern |", page)

    def test_the_page_of_events_has_those_of_the_hosts_code(self):
        root = SDK.parent
        described = {event["type"] for event in events_page.host_events(root)}
        published = set()
        for source in (root / "host").glob("*/*.cpp"):
            text = source.read_text()
            published |= set(re.findall(r'(?:\.type = |event_of\()"([a-z_]+\.[a-z_]+)"', text))
            if "event_of(" in text and "event.type = event_of" in text:
                published |= set(re.findall(r'return "([a-z_]+\.[a-z_]+)"', text))
        self.assertGreater(len(published), 5)
        self.assertEqual(described, published)
        self.assertIn("contact", {each["name"] for each in events_page.host_types(root)})
        page = events_page.page(root)
        for manifest in events_page.manifests(root):
            for event in manifest.get("events", []):
                self.assertIn(f"| `{event['type']}` |", page)

    def run_program(self, *arguments):
        return subprocess.run([sys.executable, SDK / "tools/generate.py", "--root", self.root, *arguments],
                              capture_output=True, text=True, check=False)

    def test_check_notices_stale_missing_and_left_over_files(self):
        self.assertEqual(self.run_program("--check").returncode, 1)
        self.assertEqual(self.run_program().returncode, 0)
        self.assertEqual(self.run_program("--check").returncode, 0)
        header = self.root / "sdk/include/mortise/abi/log.h"
        header.write_text(header.read_text() + "/* by hand */\n")
        self.assertIn("log.h is stale", self.run_program("--check").stderr)
        header.unlink()
        self.assertIn("log.h is missing", self.run_program("--check").stderr)
        self.run_program()
        (self.interfaces / "jobs.toml").unlink()
        done = self.run_program()
        self.assertIn("docs/reference/interfaces/jobs.md is left over", done.stderr)
        self.assertIn("host/plugins/generated/checked_jobs.hpp is left over", done.stderr)

    def test_says_what_is_wrong_and_writes_nothing(self):
        (self.interfaces / "bad.toml").write_text(GOOD.replace("mortise.sample/1", "mortise.bad/1").replace("span<item> ", "callback "))
        done = self.run_program()
        self.assertEqual(done.returncode, 1)
        self.assertIn("a callback cannot cross a process border", done.stderr)
        self.assertFalse((self.root / "docs").exists())


if __name__ == "__main__":
    unittest.main()
