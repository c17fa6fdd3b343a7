"""A house in which everything that the manifests declare is used: sample customers, a host that serves, and a book of what was
asked and answered. A schema says nothing about members that it does not name, so here what is not named is refused."""

import copy
import json
import pathlib
import time

from support import PATIENCE, Folder, Serving

CAPABILITIES = ("pipelines", "segmentation", "email", "reporting")


def strict(schema):
    """The schema, and no member beside those that it names."""
    schema = copy.deepcopy(schema)

    def visit(node):
        if isinstance(node, dict):
            if "properties" in node and node.get("type") == "object":
                node.setdefault("additionalProperties", False)
            for inner in node.values():
                visit(inner)
        elif isinstance(node, list):
            for inner in node:
                visit(inner)

    visit(schema)
    return schema


class Manifest:
    """What one plugin declares."""

    def __init__(self, folder):
        self.json = json.loads((folder / "plugin.json").read_text(encoding="utf-8"))
        self.id = self.json["id"]
        self.commands = self.by_name("commands")
        self.queries = self.by_name("queries")
        self.types = self.by_name("types")
        self.settings = self.json.get("settings", {}).get("properties", {})

    def by_name(self, what):
        return {one["name"]: one for one in self.json.get(what, [])}

    def listed(self, what):
        return self.json.get(what, [])


class House:
    def __init__(self, plugins, initialise=True):
        self.manifests = {name: Manifest(pathlib.Path(plugins) / name) for name in CAPABILITIES}
        self.commands = {name: command for m in self.manifests.values() for name, command in m.commands.items()}
        self.queries = {name: query for m in self.manifests.values() for name, query in m.queries.items()}
        self.folder = Folder(initialise)
        self.asked = {}  # command -> [(arguments, answer)]
        self.previewed = {}  # the same, of dry runs
        self.parameters = {}  # query -> its parameters
        self.settled = set()  # (plugin, setting) that a case has shown to matter

    def serving(self):
        return Serving(self.folder)

    # What people do

    def use(self, command, /, **arguments):
        """Calls a command, before that for a look where it has one, and remembers what it answered."""
        given = json.dumps(arguments)
        if self.commands[command].get("preview"):
            before = self.how_much_there_is()
            seen = self.folder.json("--yes", "call", command, "--dry-run", given)
            assert self.how_much_there_is() == before, f"the dry run of {command} wrote something"
            self.previewed.setdefault(command, []).append((arguments, seen))
        answer = self.folder.json("--yes", "call", command, given)
        self.asked.setdefault(command, []).append((arguments, answer))
        return answer

    def call(self, command, /, **arguments):
        """Calls a command without taking note."""
        return self.folder.json("--yes", "call", command, json.dumps(arguments))

    def refused(self, command, /, **arguments):
        answer = self.folder.run("--json", "--yes", "call", command, json.dumps(arguments))
        assert answer.code == 1, f"{command} was done: {answer.out}"
        return answer.error()

    def how_much_there_is(self):
        types = [name for m in self.manifests.values() for name in m.types] + ["contact"]
        parts = (f"SELECT '{name}' AS type, count(x.id) AS n FROM {name} x" for name in types)
        # What a handler does about the change before may still be on its way: only people's doings count.
        kept = {row["type"]: row["n"] for row in self.query(" UNION ALL ".join(parts))}
        return {name: kept[name] for name in ("pipeline", "opportunity", "lead", "opportunity_line", "email_message", "contact")}

    def query(self, sql, **parameters):
        options = [word for name, value in parameters.items() for word in ("--param", f"{name}={value}")]
        return self.folder.json("query", sql, *options)

    def one(self, sql, **parameters):
        rows = self.query(sql, **parameters)
        assert rows, f"nothing is found by {sql}"
        return rows[0]

    def create(self, type, /, **values):
        return self.folder.json("records", type, "create", json.dumps(values))["id"]

    def update(self, type, id, /, **values):
        return self.folder.json("records", type, "update", id, json.dumps(values))

    def show(self, type, id):
        return self.folder.json("records", type, "show", id)

    # Waiting

    def eventually(self, get):
        """What `get` gives, as soon as it gives something."""
        end = time.monotonic() + PATIENCE
        while not (found := get()):
            assert time.monotonic() < end, f"it stays {found}"
            time.sleep(0.05)
        return found

    def wait_for_jobs(self, name=""):
        """Until no job (of that name) waits or runs; those that watch run for ever."""
        busy = lambda job: job["state"] in ("waiting", "running") and job["name"] not in ("email.watch", "segmentation.wake")
        self.eventually(lambda: not any(busy(job) and job["name"].startswith(name) for job in self.folder.json("jobs")))

    def wait_for_handlers(self):
        self.eventually(lambda: all(one["lag"] == 0 for one in self.folder.json("subscriptions")))

    # Settings

    def set(self, plugin, name, value):
        return self.folder.json("settings", f"mortise.{plugin}", "set", name, json.dumps(value))

    def unset(self, plugin, name):
        return self.folder.json("settings", f"mortise.{plugin}", "unset", name)

    def setting(self, plugin, name, value):
        """In a with: the setting is as given, and as before afterwards. It counts as shown to matter."""
        return Changed(self, plugin, name, value)


class Changed:
    def __init__(self, house, plugin, name, value):
        self.house, self.plugin, self.name, self.value = house, plugin, name, value

    def __enter__(self):
        self.house.set(self.plugin, self.name, self.value)

    def __exit__(self, kind, *_):
        self.house.unset(self.plugin, self.name)
        if kind is None:
            self.house.settled.add((self.plugin, self.name))
