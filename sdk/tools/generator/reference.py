"""Writes the reference: one page per interface."""

from __future__ import annotations

from .c_header import argument_words, flow, parameters
from .model import Field, Interface, spell_release

PROMISE = {"stable": "Stable: what is here stays, unchanged, for the whole major version.",
           "experimental": "Experimental: name it under `experimental` in the manifest to use it. Its id will not change.",
           "deprecated": "Deprecated: it still works; the page says what to use instead."}


def escape(words: str) -> str:
    return words.replace("|", "\\|").replace("<", "&lt;")


def type_words(field: Field) -> str:
    kind = field.type
    inner = f"<{kind.inner}>" if kind.shape in {"span", "sink", "out"} else ""
    name = kind.inner if kind.shape in {"scalar", "struct"} else kind.shape + inner
    return f"`{name}{'?' if kind.optional else ''}`"


def prose(words: str) -> list[str]:
    """Paragraphs; runs of lines that keep their shape become code blocks."""
    out: list[str] = []
    inside = False
    for line in flow(words).split("\n"):
        shaped = line.startswith("  ")
        if shaped != inside:
            out += ["```text"] if shaped else ["```"]
            inside = shaped
        elif not shaped and out and not line.startswith("- "):
            out.append("")
        out.append(line)
    return out + (["```"] if inside else [])


def page(interface: Interface) -> str:
    out = [f"<!-- Generated from sdk/interfaces/{interface.file}.toml; do not edit. -->", f"# {interface.id}", "",
           f"{PROMISE[interface.stability]} Since {spell_release(interface.since)}. Header: `<mortise/abi/{interface.file}.h>`.", "",
           *prose(interface.doc), ""]
    for item in interface.enums:
        out += [f"## `enum mortise_{item.name}`", "", *prose(item.doc), "", "| constant | number | meaning |", "|---|---|---|"]
        out += [f"| `{v.name}` | {v.number} | {escape(v.words)}{' (host only)' if v.who == 'host' else ''} |" for v in item.values] + [""]
    for item in interface.frozen:
        out += [f"## `struct mortise_{item.name}`", "", *prose(item.doc), "", f"{item.size} bytes, frozen.", "", "| at | member | meaning |", "|---|---|---|"]
        out += [f"| {f.offset} | `{f.declaration}` | {escape(f.words)} |" for f in item.fields] + [""]
    for item in interface.structs:
        out += [f"## `struct mortise_{item.name}`", "", *prose(item.doc), "", "| field | type | since | meaning |", "|---|---|---|---|",
                f"| `size` | `u32` | {spell_release(interface.since)} | sizeof(mortise_{item.name}) as the writer knows it |"]
        out += [f"| `{f.name}` | {type_words(f)} | {spell_release(f.since)} | {escape(f.words)} |" for f in item.fields] + [""]
    for function in interface.functions:
        called = "the host calls it" if interface.side == "plugin" else "callable"
        out += [f"## `{function.name}`", "", *prose(function.doc), "", "```c",
                f"mortise_status {function.name}({', '.join(f'{kind} {name}' for kind, name in parameters(interface, function))});", "```", "",
                f"Thread: {called} {'from' if interface.side == 'host' else 'on'} {', '.join(f'`{t}`' for t in function.threads)}. "
                f"Since {spell_release(function.since)}.", ""]
        out += [f"Ownership: {function.owner}.", ""] if function.owner else []
        if function.arguments:
            out += ["| argument | type | meaning |", "|---|---|---|"]
            out += [f"| `{a.name}` | {type_words(a)} | {escape(argument_words(a))} |" for a in function.arguments] + [""]
        if function.errors:
            out += ["| error | when |", "|---|---|"]
            out += [f"| `MORTISE_E_{code}` | {escape(words)} |" for code, words in function.errors] + [""]
    return "\n".join(out).rstrip() + "\n"


def index(interfaces: list[Interface]) -> str:
    out = ["<!-- Generated from sdk/interfaces; do not edit. -->", "# Interfaces", "",
           "The contract between host and plugins, by interface. Each page says for every function what it does, from which",
           "thread it may be called, since when it exists, what it may answer and who owns what.", "",
           "| interface | stability | what it is |", "|---|---|---|"]
    out += [f"| [{i.id}]({i.file}.md) | {i.stability} | {escape(flow(i.doc).split(chr(10))[0].split('. ')[0].rstrip('.:'))} |" for i in interfaces]
    return "\n".join(out) + "\n"
