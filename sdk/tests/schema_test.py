"""The manifest's schema: it says what each property means, and refuses what is wrong, under both drafts."""

import copy
import json
import pathlib
import unittest

import jsonschema

HERE = pathlib.Path(__file__).resolve().parent
SCHEMA = json.loads((HERE.parent / "schemas/plugin.schema.json").read_text())
FULL = json.loads((HERE / "manifests/full.json").read_text())
MINIMAL = {"id": "com.acme.tiny", "name": "Tiny", "version": "0.1.0", "sdk": {"min": "0.1"}, "library": {"linux-x86_64": "tiny.so"}}
DRAFTS = (jsonschema.Draft202012Validator, jsonschema.Draft7Validator)


def nodes(node, path="#"):
    """Yields every object of the schema with its place."""
    if isinstance(node, dict):
        yield path, node
        for key, value in node.items():
            yield from nodes(value, f"{path}/{key}")
    elif isinstance(node, list):
        for index, value in enumerate(node):
            yield from nodes(value, f"{path}/{index}")


def changed(path, value):
    """The full manifest with one member changed; a value of None removes it."""
    manifest = copy.deepcopy(FULL)
    *parents, last = path
    at = manifest
    for step in parents:
        at = at[step]
    if value is None:
        del at[last]
    else:
        at[last] = value
    return manifest


class Schema(unittest.TestCase):
    def test_is_a_schema_under_both_drafts(self):
        for draft in DRAFTS:
            draft.check_schema(SCHEMA)

    def test_uses_only_words_that_both_drafts_read_alike(self):
        for path, node in nodes(SCHEMA):
            if path.endswith("/properties") or path.endswith("/$defs"):
                continue
            for word in ("prefixItems", "unevaluatedProperties", "unevaluatedItems", "definitions", "dependencies", "$dynamicRef",
                         "dependentSchemas", "dependentRequired", "additionalItems"):
                self.assertNotIn(word, node, path)
            if "$ref" in node:
                self.assertEqual(set(node) - {"$ref", "description"}, set(), f"{path}: draft 7 ignores what stands beside $ref")
                self.assertTrue(node["$ref"].startswith("#/$defs/"), path)

    def test_describes_every_property_and_definition(self):
        for path, node in nodes(SCHEMA):
            if path.endswith(("/properties", "/$defs", "/patternProperties")) and isinstance(node, dict):
                for name, member in node.items():
                    self.assertGreater(len(member.get("description", "")), 10, f"{path}/{name} has no description")

    def test_takes_good_manifests(self):
        for draft in DRAFTS:
            for manifest in (FULL, MINIMAL):
                errors = [f"{list(e.absolute_path)}: {e.message}" for e in draft(SCHEMA).iter_errors(manifest)]
                self.assertEqual(errors, [])

    def test_the_full_example_uses_every_property_of_the_top(self):
        self.assertEqual(set(SCHEMA["properties"]) - {"$schema"} - set(FULL), set())

    def test_refuses_what_is_wrong(self):
        wrong = [
            (["id"], "leadscore"), (["id"], "Com.Acme.Score"), (["id"], "com.acme.lead_score"), (["id"], None),
            (["version"], "1.2"), (["version"], "01.2.3"), (["name"], ""), (["sdk"], {}), (["sdk", "min"], "1.2.3"),
            (["library"], {}), (["library"], {"windows-x86_64": "a.dll"}), (["library", "linux-x86_64"], "../evil.so"),
            (["experimental"], ["mortise.records"]), (["permissions"], ["everything"]), (["permissions"], ["contacts.read", "contacts.read"]),
            (["instances"], "many"), (["comands"], []), (["locales"], {"available": ["en"]}),
            (["types", 0, "fields", 0, "kind"], "string"), (["types", 0, "fields", 0, "name"], "Title"), (["types", 0, "name"], "mt$x"),
            (["types", 0, "fields", 2, "scale"], 19), (["types", 0, "fields", 1, "options"], []), (["types", 0, "fields", 0, "requird"], True),
            (["types", 0, "constraints", 0, "unique"], None), (["types", 0, "constraints", 1, "max"], None),
            (["events", 0, "type"], "crossed"), (["events", 0, "class"], "forever"), (["events", 0, "version"], 0),
            (["commands", 0, "effect"], None), (["commands", 0, "effect"], "maybe"), (["commands", 0, "audience"], ["everybody"]),
            (["commands", 0, "arguments"], {"type": "array"}), (["hooks", 0, "on"], "contact.created"), (["hooks", 0, "on_failure"], "retry"),
            (["hooks", 0, "budget_ms"], 0), (["subscribes", 0, "on"], "form submitted"), (["subscribes", 1, "on"], []),
            (["subscribes", 0, "batch"], 65), (["schedules", 0, "cron"], "daily"), (["schedules", 1, "every"], None),
            (["queries", 0, "columns"], []), (["queries", 0, "sql"], None), (["queries", 0, "columns", 0, "kind"], "json"),
            (["views", 0, "kind"], "window"), (["views", 0, "source"], {}), (["reports", 0, "chart", "kind"], "spider"),
            (["requires", "interfaces"], ["records"]), (["settings"], {"type": "string"}),
        ]  # fmt: skip
        for draft in DRAFTS:
            for path, value in wrong:
                with self.subTest(draft=draft.__name__, path=path, value=value):
                    self.assertFalse(draft(SCHEMA).is_valid(changed(path, value)))


if __name__ == "__main__":
    unittest.main()
