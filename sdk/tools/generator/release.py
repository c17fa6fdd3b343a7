"""What a release of the contract promised, as data, and what of it no longer holds.

A promise is kept as JSON: every stable interface with all that lies in it, cut to one release. Comparing is for
equality: what the release had must be there today, unchanged, when today's descriptions are cut to that release. What
came later, at the end, under a later `since`, is no difference, nor is a mark that says "deprecated". The experimental
interfaces are kept beside it in the same form: nothing is promised of them, but no change of one goes by unseen.
"""

from __future__ import annotations

import json

from .model import Enum, Frozen, Function, Interface, Struct, spell_release
from .types import Type


def spell(kind: Type) -> str:
    inner = f"<{kind.inner}>" if kind.shape in {"span", "sink", "out"} else ""
    name = kind.inner if kind.shape in {"scalar", "struct"} else kind.shape + inner
    return name + ("?" if kind.optional else "")


def promised_enum(item: Enum, target: int) -> dict:
    return {value.name: {"number": value.number, **({"who": value.who} if value.who else {})}
            for value in item.values if value.since <= target}


def promised_frozen(item: Frozen) -> dict:
    return {"size": item.size, "members": {f.name: {"declaration": f.declaration, "offset": f.offset} for f in item.fields}}


def promised_struct(item: Struct, target: int) -> dict:
    return {"first_size": item.first_size,
            "members": {f.name: {"type": spell(f.type), "offset": f.offset} for f in item.fields if f.since <= target}}


def promised_function(item: Function, slot: int) -> dict:
    return {"slot": slot, "threads": sorted(item.threads), "owner": item.owner,
            "arguments": [{"name": a.name, "type": spell(a.type)} for a in item.arguments],
            "errors": sorted(code for code, _ in item.errors)}


def struct_names(interface: Interface) -> set[str]:
    return {a.type.inner for f in interface.functions for a in f.arguments if a.type.shape == "struct" or a.type.is_struct_span}


def stable(interfaces: list[Interface]) -> list[Interface]:
    """What is deprecated works like what is stable, until the next major version."""
    return [i for i in interfaces if i.stability in {"stable", "deprecated"}]


def experimental(interfaces: list[Interface]) -> list[Interface]:
    return [i for i in interfaces if i.stability == "experimental"]


def promised(interfaces: list[Interface], target: int, chosen: list[Interface]) -> dict:
    """All that the chosen interfaces of a release promise, with the structs of others that they take."""
    used = set().union(*(struct_names(i) for i in chosen)) if chosen else set()
    structs = {s.name: s for i in interfaces for s in i.structs if s.name in used or i in chosen}
    out = {"release": spell_release(target), "structs": {name: promised_struct(s, target) for name, s in sorted(structs.items())},
           "interfaces": {}}
    for i in chosen:
        functions = [f for f in i.functions if f.since <= target]
        out["interfaces"][i.id] = {
            "side": i.side,
            "typedefs": {name: kind for kind, name, _ in i.typedefs},
            "enums": {e.name: promised_enum(e, target) for e in i.enums},
            "frozen": {f.name: promised_frozen(f) for f in i.frozen},
            "functions": {f.name: promised_function(f, slot) for slot, f in enumerate(functions)},
            "export": i.export and {"name": i.export["name"], "type": i.export["type"], "parameters": i.export["parameters"]},
        }
    return out


def text(promise: dict) -> str:
    return json.dumps(promise, indent=1) + "\n"


class Comparison:
    """Collects what of a promise is broken, each with what it breaks and what to do instead."""

    def __init__(self, release: str):
        self.release, self.broken = release, []

    def add(self, what: str, whom: str, instead: str) -> None:
        self.broken.append(f"{what}. Breaks {whom} built against {self.release}. {instead}.")

    def members(self, where: str, old: dict, new: dict, kind: str, whom: str, instead: str) -> None:
        for name, member in old.items():
            if name not in new:
                self.add(f"{where}: the member {name} was removed", whom, instead)
                continue
            now = new[name]
            if now[kind] != member[kind]:
                self.add(f"{where}: {name} was `{member[kind]}` and is `{now[kind]}`", whom, instead)
            if now["offset"] != member["offset"]:
                self.add(f"{where}: {name} moved from byte {member['offset']} to byte {now['offset']}", whom, instead)
        for name in new.keys() - old.keys():
            self.add(f"{where}: the member {name} was inserted into a release that is out", whom, instead)

    def enum(self, where: str, old: dict, new: dict) -> None:
        whom = "every plugin and host that compares with it,"
        instead = "Numbers are never changed or given another meaning: add a value with a `since` of its own"
        for name, value in old.items():
            if name not in new:
                self.add(f"{where}: {name} was removed or renamed", whom, instead)
            elif new[name]["number"] != value["number"]:
                self.add(f"{where}: {name} was {value['number']} and is {new[name]['number']}", whom, instead)
            elif new[name] != value:
                self.add(f"{where}: {name} may now be answered by others ({value['who']}, {new[name]['who']})", whom, instead)
        for name in new.keys() - old.keys():
            self.add(f"{where}: {name} was added to a release that is out", whom, instead)

    def function(self, where: str, side: str, old: dict, new: dict) -> None:
        whom = "every plugin that calls it," if side == "host" else "every plugin that offers it,"
        another = "Leave it as it is and describe a new function at the end"
        if new["slot"] != old["slot"]:
            self.add(f"{where}: it moved from place {old['slot']} of its table to {new['slot']}", whom, "Tables grow only at their end")
        before, now = [(a["name"], a["type"]) for a in old["arguments"]], [(a["name"], a["type"]) for a in new["arguments"]]
        for (name, kind), (name_now, kind_now) in zip(before, now):
            if name == name_now and kind != kind_now:
                self.add(f"{where}: the argument {name} was `{kind}` and is `{kind_now}`", whom, another)
        if [name for name, _ in before] != [name for name, _ in now]:
            self.add(f"{where}: its arguments were ({', '.join(n for n, _ in before)}) and are ({', '.join(n for n, _ in now)})", whom, another)
        if new["threads"] != old["threads"]:
            self.add(f"{where}: its threads were `{' '.join(old['threads'])}` and are `{' '.join(new['threads'])}`", whom,
                     "Who may call it from where is a promise: describe a new function")
        if new["owner"] != old["owner"]:
            self.add(f"{where}: who owns what was \"{old['owner'] or 'as everywhere'}\" and is \"{new['owner'] or 'as everywhere'}\"", whom,
                     "Memory would be freed twice or never: describe a new function")
        for code in sorted(set(old["errors"]) ^ set(new["errors"])):
            change = "no longer answers" if code in old["errors"] else "now answers"
            self.add(f"{where}: it {change} MORTISE_E_{code}", whom, "What a function may answer is a promise")

    def interface(self, name: str, old: dict, new: dict) -> None:
        for enum, values in old["enums"].items():
            self.enum(f"{name} {enum}", values, new["enums"].get(enum, {}))
        for struct, body in old["frozen"].items():
            now = new["frozen"].get(struct, {"size": 0, "members": {}})
            whom, instead = "every plugin", "It is frozen for ever: describe a new struct"
            self.members(f"{name} mortise_{struct}", body["members"], now["members"], "declaration", whom, instead)
            if now["size"] != body["size"]:
                self.add(f"{name} mortise_{struct}: it had {body['size']} bytes and has {now['size']}", whom, instead)
        for function, body in old["functions"].items():
            if function not in new["functions"]:
                self.add(f"{name} {function}: the function was removed", "every plugin that calls or offers it,",
                         "Keep it, and let it answer MORTISE_E_UNSUPPORTED")
            else:
                self.function(f"{name} {function}", old["side"], body, new["functions"][function])
        for function in new["functions"].keys() - old["functions"].keys():
            self.add(f"{name} {function}: the function was added to a release that is out", "hosts",
                     "Give it the `since` of the release to come")
        for key, words in (("side", "side"), ("typedefs", "type definitions"), ("export", "exported function")):
            if old[key] != new[key]:
                self.add(f"{name}: its {words} changed from {json.dumps(old[key])} to {json.dumps(new[key])}", "every plugin",
                         "It is frozen for ever")


def broken_promises(promise: dict, interfaces: list[Interface], chosen: list[Interface]) -> list[str]:
    """What today's descriptions, of which `chosen` count, break of what a release had: one sentence or three for each."""
    major, minor = promise["release"].split(".")
    today = promised(interfaces, int(major) * 1000 + int(minor), chosen)
    found = Comparison(promise["release"])
    for name, body in promise["interfaces"].items():
        if name not in today["interfaces"]:
            found.add(f"{name}: the interface was removed, or is stable no longer", "every plugin", "Keep it for the whole major version")
        else:
            found.interface(name, body, today["interfaces"][name])
    for name, body in promise["structs"].items():
        now = today["structs"].get(name, {"first_size": 0, "members": {}})
        whom, instead = "every plugin that is handed one or hands one over,", "Structs grow only at their end: give the member a `since` of its own"
        found.members(f"mortise_{name}", body["members"], now["members"], "type", whom, instead)
        if now["first_size"] != body["first_size"]:
            found.add(f"mortise_{name}: its least size was {body['first_size']} and is {now['first_size']}", whom, instead)
    return found.broken


def probe(promise: dict) -> str:
    """C that uses every type of a promise, for tools that read debugging information."""
    types, enums, exports = [f"mortise_{name}" for name in promise["structs"]], [], []
    for name, body in promise["interfaces"].items():
        types += [f"mortise_{frozen}" for frozen in body["frozen"]]
        types += [f"mortise_{name.split('.')[1].split('/')[0]}"] if body["functions"] else []
        enums += body["enums"]
        exports += [body["export"]["type"]] if body["export"] else []
    lines = ["/* Generated from sdk/interfaces: one function for each type whose binary form is promised. */", "#include <mortise/abi/mortise.h>", ""]
    lines += [f"const {name}* probe_{name}(const {name}* it) {{ return it; }}" for name in types]
    lines += [f"enum mortise_{name} probe_enum_{name}(enum mortise_{name} it) {{ return it; }}" for name in enums]
    lines += [f"{name} probe_export_{name}({name} it) {{ return it; }}" for name in exports]
    return "\n".join(lines) + "\n"
