"""Writes the references of plugin.json and of bundles from their schemas."""

from __future__ import annotations

import json
from typing import Any

MANIFEST = """\
<!-- Generated from sdk/schemas/plugin.schema.json; do not edit. -->
# The manifest, plugin.json

Everything that a plugin is and wants. The host reads it before any of its code runs, and refuses what does not fit; `mortise-sdk check`
and `mortise-sdk pack` do the same. A key that is not listed here is an error. The same as a JSON Schema, for editors, is installed as
`share/mortise/schemas/plugin.schema.json`.
"""

BUNDLE = """\
<!-- Generated from sdk/schemas/bundle.schema.json; do not edit. -->
# Bundles, NAME.json

Plugins that belong together, with the settings, fields and records that make them useful at once. A key that is not listed here is an
error. [Bundles](../bundles.md) tells how they are applied. The same as a JSON Schema, for editors, is installed as
`share/mortise/schemas/bundle.schema.json`.
"""


def escape(words: str) -> str:
    return words.replace("|", "\\|").replace("<", "&lt;")


def values(node: dict[str, Any]) -> str:
    """The values that a key takes, one after the other."""
    return ", ".join(f"`{json.dumps(value, ensure_ascii=False)}`" for value in node["enum"])


def kind(node: dict[str, Any], objects: set[str]) -> str:
    """What stands there, in a few words."""
    if (name := node.get("$ref", "").removeprefix("#/$defs/")) != "":
        return f"[{name}](#{name})" if name in objects else name.replace("_", " ")
    if "enum" in node:
        return values(node)
    if "oneOf" in node or "anyOf" in node:
        return " or ".join(dict.fromkeys(kind(choice, objects) for choice in node.get("oneOf", node.get("anyOf"))))
    if node.get("type") == "array":
        return "list of " + kind(node.get("items", {}), objects)
    named = node.get("type", "any value")
    return " or ".join(named) if isinstance(named, list) else named


def limits(node: dict[str, Any]) -> str:
    """What a value must keep to, and what it is when it is left out."""
    found = []
    if "default" in node:
        found.append(f"`{json.dumps(node['default'], ensure_ascii=False)}` if left out")
    for key, words in (("minimum", "at least {}"), ("maximum", "at most {}"), ("maxLength", "at most {} characters"), ("maxItems", "at most {}")):
        if key in node:
            found.append(words.format(node[key]))
    return f" ({'; '.join(found)})" if found else ""


def rows(node: dict[str, Any], objects: set[str], prefix: str = "") -> list[str]:
    """A row for each key; the keys of an object that has no section of its own follow it."""
    out = []
    required = node.get("required", [])
    for key, child in node.get("patternProperties", {}).items():
        out.append(f"| `{prefix}{escape(key.strip('^$'))}` | {kind(child, objects)} | {escape(child.get('description', ''))} |")
    for key, child in node.get("properties", {}).items():
        mark = " (required)" if key in required else ""
        words = escape(child.get("description", "")) + escape(limits(child))
        out.append(f"| `{prefix}{key}`{mark} | {kind(child, objects)} | {words} |")
        out += rows(child, objects, f"{prefix}{key}.")
        if child.get("type") == "array":
            items = child.get("items", {})
            for choice in (items, *items.get("oneOf", []), *items.get("anyOf", [])):
                out += rows(choice, objects, f"{prefix}{key}[].")
    return out


def page(schema: dict[str, Any], introduction: str, title: str) -> str:
    definitions = schema["$defs"]
    objects = {name for name, node in definitions.items() if len(node.get("properties", {})) > 1}
    head = ["", "| key | what stands there | meaning |", "|---|---|---|"]
    out = [introduction, f"## {title}", *head, *rows(schema, objects)]
    for name, node in definitions.items():
        if name in objects:
            out += ["", f"## {name}", "", node["description"], *head, *rows(node, objects)]
    out += ["", "## Words used above", "", "| word | meaning |", "|---|---|"]
    out += [f"| {name.replace('_', ' ')} | {escape(node['description'])}{limits(node)} |" for name, node in definitions.items() if name not in objects]
    return "\n".join(out) + "\n"
