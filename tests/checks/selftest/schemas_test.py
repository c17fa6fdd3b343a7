import importlib.util
import unittest

from support import CheckTest

SCHEMA = '{"type": "object", "required": ["id"], "properties": {"id": {"type": "string"}}}'


@unittest.skipUnless(importlib.util.find_spec("jsonschema"), "python3-jsonschema is not installed")
class Schemas(CheckTest):
    check = "schemas"

    def test_accepts_a_manifest_that_fits(self):
        self.assert_accepts({"sdk/schemas/plugin.schema.json": SCHEMA, "plugins/tasks/plugin.json": '{"id": "mortise.tasks"}'})

    def test_refuses_a_manifest_that_does_not_fit(self):
        tree = {"sdk/schemas/plugin.schema.json": SCHEMA, "plugins/tasks/plugin.json": '{"id": 1}'}
        self.assert_refuses(tree, "plugins/tasks/plugin.json: $.id: 1 is not of type 'string'")

    def test_refuses_a_button_of_a_command_that_is_not_there(self):
        manifest = '{"id": "mortise.tasks", "commands": [{"name": "tasks.do"}], "views": [{"actions": [{"command": "tasks.%s"}]}]}'
        tree = {"sdk/schemas/plugin.schema.json": SCHEMA}
        self.assert_accepts({**tree, "plugins/tasks/plugin.json": manifest % "do"})
        self.assert_refuses({**tree, "plugins/tasks/plugin.json": manifest % "od"}, "$.views[0].actions[0].command: no plugin of ours declares tasks.od")

    def test_refuses_a_schema_that_is_none(self):
        self.assert_refuses({"sdk/schemas/a.schema.json": '{"type": "objekt"}'}, "sdk/schemas/a.schema.json: ")

    def test_refuses_what_is_not_json(self):
        self.assert_refuses({"sdk/schemas/a.schema.json": "{"}, "not JSON")
