"""Writes the list of events that plugins can subscribe to: those of record types, the host's own, and what our plugins publish."""

from __future__ import annotations

import json
import pathlib
import re
import tomllib
from typing import Any

INTRODUCTION = """\
<!-- Generated from plugin.json of our plugins, host/events/host_events.toml and the host's record types; do not edit. -->
# Events

What a subscription can name: `"subscribes": [{ "name": "score", "on": ["contact.created", "opportunity.won"] }]`. A pattern is a type,
all of one first part (`contact.*`), or `*`. Where the first part is a record type, a plugin must be allowed to read it: `contacts.read`
for `contact.created` and `contact.merged`, `records.read` for `*`; your own types, and events whose first part is none, need nothing.
Events of another plugin are there when it is: name it under `requires` in `plugin.json`. [Hooks and events](../guides/hooks-and-events.md)
tells how they are handled.

`mortise events list --type contact.updated` shows what has come, as CloudEvents. In a handler, `event["name"]` reads an item of the data,
`event.subject()` the record that it is about, `event.links()` further ones.

## Of every record type

| event | when | data |
|---|---|---|
| `TYPE.created` | a record was made | `record`: each field that has a value |
| `TYPE.updated` | fields changed; a change that changes nothing has no event | `changes`: for each field `from` and `to` |
| `TYPE.deleted` | it was deleted; `TYPE.restored` may follow | none; of a contact that was merged into another: `merged_into` |
| `TYPE.restored` | a deleted one is back | none |

The subject is the record. References marked `timeline` are links, under the name of the field:
an id when one record stands there, a list of ids when several do, as in `TYPE.updated` when the reference itself changed.
"""


def escape(words: str) -> str:
    return words.replace("|", "\\|").replace("<", "&lt;")


def host_types(root: pathlib.Path) -> list[dict[str, Any]]:
    """The record types that the host declares for itself, as JSON in its code."""
    found: list[dict[str, Any]] = []
    for source in sorted((root / "host").glob("*/*.cpp")):
        for text in re.findall(r'R"json\((\[\s*\{ "name": .*?)\)json"', source.read_text(encoding="utf-8"), re.S):
            found += [each for each in json.loads(text) if "plural" in each]
    return found


def host_events(root: pathlib.Path) -> list[dict[str, Any]]:
    described = tomllib.loads((root / "host/events/host_events.toml").read_text(encoding="utf-8"))
    return list(described["event"])


def manifests(root: pathlib.Path) -> list[dict[str, Any]]:
    return [json.loads(path.read_text(encoding="utf-8")) for path in sorted((root / "plugins").glob("*/plugin.json"))]


def type_table(types: list[dict[str, Any]]) -> list[str]:
    out = ["| record type | what it is | permission | links |", "|---|---|---|---|"]
    for each in sorted(types, key=lambda type_: type_["name"]):
        links = ", ".join(f"`{field['name']}`" for field in each.get("fields", []) if field.get("timeline"))
        plural = each.get("plural", each["name"] + "s")
        out.append(f"| `{each['name']}` | {escape(each.get('label', each['name']))} | `{plural}.read` | {links} |")
    return [*out, ""]


def schema_words(schema: dict[str, Any]) -> str:
    """The items of an event's data with their types."""
    items = []
    for name, node in schema.get("properties", {}).items():
        kind = node.get("type", "any")
        kind = " or ".join(kind) if isinstance(kind, list) else kind
        if "enum" in node:
            kind = ", ".join(f'"{value}"' if isinstance(value, str) else json.dumps(value) for value in node["enum"])
        words = f": {node['description'].rstrip('.')}" if "description" in node else ""
        items.append(f"`{name}` ({kind}){words}")
    return "; ".join(items) or "none"


def described_words(event: dict[str, Any]) -> str:
    """The same of an event of the host, from lines of `name  type  words`."""
    lines = [re.split(r" {2,}", line, maxsplit=2) for line in event.get("data", "").strip().splitlines()]
    words = "; ".join(f"`{name}` ({kind}): {what}" for name, kind, what in lines)
    return f"{words}. Links: {event['links']}" if "links" in event else words


def row(event: dict[str, Any], what: str, data: str) -> str:
    subject = f"`{event['subject']}`" if "subject" in event else "none"
    kind = event.get("class", "history") + (", external" if event.get("external") else "")
    return f"| `{event['type']}` | {subject} | {kind} | {escape(what)} | {escape(data)} |"


HEAD = ["| event | subject | kept as | what has happened | data |", "|---|---|---|---|---|"]


def page(root: pathlib.Path) -> str:
    out = [INTRODUCTION, "## The host", "", *type_table(host_types(root)), *HEAD]
    out += [row(event, event["doc"], described_words(event)) for event in host_events(root)]
    for manifest in manifests(root):
        out += ["", f"## {manifest['id']}", "", manifest.get("summary", ""), ""]
        if types := [each for each in manifest.get("types", []) if not each.get("extends")]:
            out += type_table(types)
        if events := manifest.get("events", []):
            out += [*HEAD, *(row(event, event.get("title", ""), schema_words(event.get("schema", {}))) for event in events)]
    return "\n".join(out).rstrip() + "\n"
