"""Writes the C headers, one per interface, and the umbrella."""

from __future__ import annotations

import re
import textwrap

from .model import Enum, Field, Frozen, Function, Interface, Struct, spell_release
from .types import c_parameters

WIDTH = 112


def comment(words: str, indent: str = "") -> list[str]:
    """A doc comment. Bullets hang; lines that begin with two spaces keep their shape."""
    room = WIDTH - len(indent) - 4
    lines: list[str] = []
    for paragraph in words.split("\n"):
        if paragraph.startswith("  "):
            lines.append(paragraph)
        else:
            hang = "  " if paragraph.startswith("- ") else ""
            lines += textwrap.wrap(paragraph, room, subsequent_indent=hang) or [""]
    if len(lines) == 1 and len(lines[0]) + len(indent) + 7 <= WIDTH:
        return [f"{indent}/** {lines[0]} */"]
    return [f"{indent}/** {lines[0]}", *(f"{indent} *  {line}".rstrip() for line in lines[1:]), f"{indent} */"]


def flow(words: str) -> str:
    """Joins the lines of each paragraph and bullet; lines that begin with two spaces keep their shape, but for those
    that go on with a bullet."""
    joined: list[str] = []
    for line in words.split("\n"):
        goes_on = joined and joined[-1] and line and not line.startswith("- ")
        shaped = line.startswith("  ")
        if goes_on and (joined[-1].startswith("- ") if shaped else not joined[-1].startswith("  ")):
            joined[-1] += " " + line.strip()
        else:
            joined.append(line)
    return "\n".join(joined)


def table_rows(rows: list[tuple[str, str]]) -> list[str]:
    """Rows of `name  words`, wrapped under their words."""
    width = max((len(name) for name, _ in rows), default=0)
    out = []
    for name, words in rows:
        lines = textwrap.wrap(words, WIDTH - 10 - width) or [""]
        out += [f"  {name:<{width}}  {lines[0]}", *(f"  {'':<{width}}  {line}" for line in lines[1:])]
    return [line.rstrip() for line in out]


def enum(item: Enum) -> list[str]:
    width = max(len(f"{v.name} = {v.number},") for v in item.values)
    out = [*comment(flow(item.doc)), f"enum mortise_{item.name} {{"]
    later = any(value.since for value in item.values)
    band = 0
    for value in item.values:
        end = "" if value is item.values[-1] and not later else ","
        if value.since != band:
            out += ["#endif"] if band else []
            out += [f"#if MORTISE_ABI_TARGET >= {value.since} /* {spell_release(value.since)} */"]
            band = value.since
        words = value.words + (" (host only)" if value.who == "host" else "")
        line = f"    {f'{value.name} = {value.number}{end}':<{width}} /**< {words} */"
        out += [line] if len(line) <= WIDTH else [*comment(words, "    "), f"    {value.name} = {value.number}{end}"]
    return [*out, *(["#endif"] if band else []), "};", ""]


def frozen(item: Frozen) -> list[str]:
    out = [*comment(flow(item.doc)), f"typedef struct mortise_{item.name} {{"]
    for field in item.fields:
        short = f"    {field.declaration}; /**< {field.words} */"
        call = re.fullmatch(r"(mortise_status \(\*\w+\))\((.*)\) MORTISE_NOEXCEPT", field.declaration)
        long = wrap_call(call[1], call[2].split(", "), " MORTISE_NOEXCEPT;", "    ") if call else [f"    {field.declaration};"]
        out += [short] if len(short) <= WIDTH else [*comment(field.words, "    "), *long]
    return [*out, f"}} mortise_{item.name};", ""]


def banded(members: list[tuple[int, list[str]]], first: int) -> list[str]:
    """Puts members of later releases under one #if per release."""
    out: list[str] = []
    band = first
    for since, lines in members:
        if since != band:
            out += ["#endif"] if band != first else []
            out += [f"#if MORTISE_ABI_TARGET >= {since} /* {spell_release(since)} */"]
            band = since
        out += lines
    return out + (["#endif"] if band != first else [])


def struct(item: Struct, first: int) -> list[str]:
    out = [*comment(flow(item.doc)), f"typedef struct mortise_{item.name} {{",
           f"    uint32_t size; /**< sizeof(mortise_{item.name}) as the writer knows it */"]
    members = []
    for field in item.fields:
        declaration = f"    {c_parameters(field.name, field.type)[0][0]} {field.name};"
        words = field.words + (" (may be none)" if field.type.optional else "")
        line = f"{declaration} /**< {words} */"
        members.append((field.since, [line] if len(line) <= WIDTH else [*comment(words, "    "), declaration]))
    out += banded(members, first)
    return [*out, f"}} mortise_{item.name};",
            f"#define MORTISE_{item.name.upper()}_MIN_SIZE {item.first_size} /* as of its first release */", ""]


def argument_words(argument: Field) -> str:
    notes = {"out": "written on success"}.get(argument.type.shape, "")
    may = "may be null" if argument.type.shape in {"out", "struct", "sink"} else "may be none"
    extra = "; ".join(n for n in (may if argument.type.optional else "", notes) if n)
    return f"{argument.words} ({extra})" if extra else argument.words


def function_doc(interface: Interface, function: Function) -> list[str]:
    """The whole doc of a function: what, thread, since, arguments, errors, ownership."""
    lines = [*flow(function.doc).split("\n"), "",
             f"Thread: {', '.join(function.threads)}.  Since {spell_release(function.since)}."]
    if function.owner:
        lines.append(f"Ownership: {function.owner}.")
    if function.arguments:
        lines += table_rows([(a.name, argument_words(a)) for a in function.arguments])
    if function.errors:
        lines += ["Errors:", *table_rows([(f"MORTISE_E_{code}", words) for code, words in function.errors])]
    return lines


def parameters(interface: Interface, function: Function) -> list[tuple[str, str]]:
    first = ("mortise_self", "self") if interface.side == "host" else ("void*", "impl")
    return [first, *(p for a in function.arguments for p in c_parameters(a.name, a.type)), ("mortise_error*", "error")]


def wrap_call(head: str, items: list[str], tail: str, indent: str) -> list[str]:
    """`head(items)tail`, on one line if it fits, else one item per line."""
    line = f"{indent}{head}({', '.join(items)}){tail}"
    if len(line) <= WIDTH:
        return [line]
    return [f"{indent}{head}(", *(f"{indent}    {item}{',' if item is not items[-1] else ''}" for item in items), f"{indent}){tail}"]


def table(interface: Interface) -> list[str]:
    short = interface.file
    out = [f'#define MORTISE_{short.upper()}_ID "{interface.id}"', ""]
    out += [*comment(f"The table of {interface.id}; the file's comment says what it is for.")]
    out += [f"{'struct' if interface.side == 'plugin' else 'typedef struct'} mortise_{short} {{",
            "    mortise_interface head; /**< size and revision */"]
    if interface.side == "plugin":
        out += ["    void* impl; /**< the plugin's own, passed to each function */"]
    members = []
    for function in interface.functions:
        items = [f"{kind} {name}" for kind, name in parameters(interface, function)]
        members.append((function.since, ["", *comment("\n".join(function_doc(interface, function)), "    "),
                                         *wrap_call(f"mortise_status (*{function.name})", items, " MORTISE_NOEXCEPT;", "    ")]))
    out += banded(members, interface.since)
    return [*out, "};" if interface.side == "plugin" else f"}} mortise_{short};", ""]


def header(interface: Interface) -> str:
    guard = f"MORTISE_ABI_{interface.file.upper()}_H"
    words = f"{interface.id}, {interface.stability}, since {spell_release(interface.since)}.\n\n{flow(interface.doc)}"
    out = [f"/* Generated from sdk/interfaces/{interface.file}.toml; do not edit. */", f"#ifndef {guard}", f"#define {guard}", "",
           *comment("\\file\n" + words), ""]
    out += ["#include <mortise/abi/macros.h>"] if interface.side == "types" else []
    out += [f"#include <mortise/abi/{name}.h>" for name in interface.uses or (["root"] if interface.functions else [])]
    if interface.functions and interface.uses:
        out.append("#include <mortise/abi/root.h>")
    out += ["", "#include <stdint.h>", "", "#ifdef __cplusplus", 'extern "C" {', "#endif", ""]
    for kind, name, doc in interface.typedefs:
        out += [*comment(doc[0].upper() + doc[1:]), f"typedef {kind} {name};", ""]
    for item in interface.enums:
        out += enum(item)
    for item in interface.frozen:
        out += frozen(item)
    for item in interface.structs:
        out += struct(item, interface.since)
    if interface.functions:
        out += table(interface)
    if interface.export:
        name, items = interface.export["name"], interface.export["parameters"]
        out += [interface.export["before"], "", *comment(flow(interface.export["doc"].strip())),
                *wrap_call(f"MORTISE_EXPORT mortise_status {name}", items, " MORTISE_NOEXCEPT;", ""), "",
                "/** The type of that function. */",
                *wrap_call(f"typedef mortise_status (*{interface.export['type']})", items, " MORTISE_NOEXCEPT;", ""), ""]
    out += ["#ifdef __cplusplus", "}", "#endif", "", "#endif"]
    return "\n".join(out) + "\n"


def umbrella(interfaces: list[Interface]) -> str:
    out = ["/* Generated from sdk/interfaces; do not edit. */", "#ifndef MORTISE_ABI_MORTISE_H", "#define MORTISE_ABI_MORTISE_H", "",
           *comment("\\file\nThe whole contract: every interface of this release."), ""]
    out += [f"#include <mortise/abi/{name}.h>" for name in sorted([*(i.file for i in interfaces), "macros", "version"])]
    return "\n".join([*out, "", "#endif"]) + "\n"
