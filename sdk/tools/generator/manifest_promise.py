"""What a kept schema of the manifest allowed that today's refuses.

A manifest lies inside packages that vendors shipped long ago, so the schema only widens. What is known to widen is let
through: another word of explanation, a new property that nobody has to give, one more choice, a limit that is further
out. Every other difference is a finding, since no program can tell which of two patterns takes more.
"""

from __future__ import annotations

import json

WORDS = {"description", "title", "examples", "$comment", "$id", "$schema", "default"}
LEAST = {"minimum", "minLength", "minItems", "minProperties", "exclusiveMinimum"}
MOST = {"maximum", "maxLength", "maxItems", "maxProperties", "exclusiveMaximum"}
FOLDERS = {"properties", "patternProperties", "$defs"}  # names, each with a schema
SCHEMAS = {"items", "additionalProperties"}


def as_set(value: object) -> set[str]:
    return set(value) if isinstance(value, list) else {str(value)}


class Narrowing:
    """Collects what got narrower, each with its place in the schema."""

    def __init__(self, release: str):
        self.release, self.found = release, []

    def add(self, where: str, what: str, instead: str) -> None:
        place = where or "plugin.json"
        self.found.append(f"manifest {place}: {what}. Breaks every package of {self.release} whose plugin.json has it so. {instead}.")

    def keyword(self, where: str, key: str, old: object, new: object) -> None:
        """One keyword that both have, or only one of them (then the other is None)."""
        if key in LEAST | MOST:
            narrower = old is None or (new is not None and (new > old if key in LEAST else new < old))
            if new is not None and narrower:
                self.add(where, f"{key} was {old if old is not None else 'without limit'} and is {new}", "A limit only moves outwards")
        elif key == "required":
            for name in sorted(set(new or []) - set(old or [])):
                self.add(where, f"{name} has to be given now", "What old manifests lack stays optional")
        elif key in {"enum", "type"}:
            if new is not None and (old is None or as_set(old) - as_set(new)):
                gone = ", ".join(sorted(as_set(old) - as_set(new))) if old is not None else "all but " + ", ".join(sorted(as_set(new)))
                self.add(where, f"{key} takes no longer {gone}", "A choice that was given is not taken away")
        elif key == "uniqueItems":
            if new and not old:
                self.add(where, "equal items are refused now", "What was taken stays taken")
        elif json.dumps(old, sort_keys=True) != json.dumps(new, sort_keys=True):
            self.add(where, f"{key} was {json.dumps(old)} and is {json.dumps(new)}",
                     "Nobody can tell by program whether that takes all that it took: if it does, say so in tests/abi/reviewed.toml")

    def names(self, where: str, key: str, old: dict, new: dict, *, free: bool) -> None:
        """Schemas by name. `free`: whether names that were not listed could have any value."""
        for name, schema in old.items():
            place = f"{where}.{name}" if where else name
            if name in new:
                self.schema(place if key != "$defs" else f"({name})", schema, new[name])
            elif key != "$defs":  # a definition that nobody refers to is no loss
                self.add(place, "it is known no longer", "Let it stay, and say in its description what takes its place")
        for name in new.keys() - old.keys():
            if free and key != "$defs":
                self.add(f"{where}.{name}" if where else name, "it could have any value and has a schema now", "What was free stays free")

    def schema(self, where: str, old: object, new: object) -> None:
        if isinstance(old, bool) or isinstance(new, bool):
            if old is not False and new is not True and old != new:
                self.add(where, f"it was {json.dumps(old)} and is {json.dumps(new)}", "What was free stays free")
            return
        for key in sorted((old.keys() | new.keys()) - WORDS):
            was, now = old.get(key), new.get(key)
            if key in FOLDERS:
                self.names(where, key, was or {}, now or {}, free=old.get("additionalProperties") is not False)
            elif key in SCHEMAS:
                self.schema(where if key == "items" else f"{where}.*", True if was is None else was, True if now is None else now)
            elif key == "anyOf" and was and now and len(was) <= len(now):
                for before, after in zip(was, now):
                    self.schema(where, before, after)
            else:
                self.keyword(where, key, was, now)


def narrowed(release: str, old: dict, new: dict) -> list[str]:
    """What manifests of `release` could say that today's schema refuses; empty if nothing."""
    found = Narrowing(release)
    found.schema("", old, new)
    return found.found
