"""Writes what carries a call to a plugin's process and back: callers, which put arguments into a message, and
servers, which take them out and make the call. Both directions use the same two."""

from __future__ import annotations

import hashlib
import textwrap

from .c_header import parameters
from .host_checks import BOTTOM, MARK, camel, function_id, wrapped
from .model import Field, Function, Interface, Struct
from .types import SCALARS


def top(about: str, includes: list[str]) -> list[str]:
    ours = [f"#include {i}" for i in includes if i.startswith(("\"", "<mortise"))]
    std = [f"#include {i}" for i in includes if not i.startswith(("\"", "<mortise"))]
    return [MARK, "#pragma once", "", "/// \\file", *(f"/// {line}" for line in textwrap.wrap(about, 108)), "",
            *ours, *([""] if std else []), *std, "", "namespace mortise::host {", ""]


def crossing_structs(interfaces: list[Interface]) -> list[tuple[Interface, Struct]]:
    used = {a.type.inner for i in interfaces for f in i.functions for a in f.arguments
            if a.type.shape == "struct" or a.type.is_struct_span}
    return [(i, s) for i in interfaces for s in i.structs if s.name in used]


def layouts(interfaces: list[Interface]) -> str:
    found = crossing_structs(interfaces)
    out = top("What lies inside of the structs of the contract, so that they can be copied to another process.",
              ['"plugins/runner/wire.hpp"', *(f"<mortise/abi/{i.file}.h>" for i in interfaces if any(i is o for o, _ in found)), "<array>"])
    for _, s in found:
        places = [f for f in s.fields if f.type.shape in ("text", "value")]
        out += ["template <>", f"struct StructLayout<mortise_{s.name}> {{", f"    static constexpr std::uint32_t least = MORTISE_{s.name.upper()}_MIN_SIZE;",
                f"    static constexpr std::array<FieldPlace, {len(places)}> places{{{{" if places else "    static constexpr std::array<FieldPlace, 0> places{};"]
        out += [f"        {{offsetof(mortise_{s.name}, {f.name}), FieldPlace::Shape::{f.type.shape}}}," for f in places]
        out += ["    }};"] if places else []
        out += ["};", ""]
    return "\n".join(out[:-1] + BOTTOM)


def put(a: Field) -> str:
    kind, name = a.type, a.name
    if kind.shape == "out":
        return f"outgoing.put_result({name});"
    if kind.shape == "struct":
        return f"outgoing.put_structure({name});"
    if kind.shape == "span":
        return f"outgoing.put_{'structures' if kind.is_struct_span else 'numbers'}({name}, {name}_count);"
    return f"outgoing.put({name});"


def caller(i: Interface, f: Function) -> list[str]:
    first = "impl" if i.side == "plugin" else "self"
    out = wrapped(f"static mortise_status {f.name}", [f"{kind} {name}" for kind, name in parameters(i, f)], " noexcept", "    ")
    named = " outgoing" if f.arguments else ""
    head = f"        return Port::call({first}, AbiFunction::{function_id(i, f)}, error, [&](OutgoingCall&{named}) {{"
    if not f.arguments:
        return [*out, "    {", head + "});", "    }", ""]
    return [*out, "    {", head, *(f"            {put(a)}" for a in f.arguments), "        });", "    }", ""]


PORT = """\
/// `Port` finds the link: `template <class Put> static mortise_status call(FIRST, AbiFunction, mortise_error*, Put&&)`,
/// where FIRST is what the function has as its first argument."""


def host_callers(interfaces: list[Interface]) -> str:
    hosts = [i for i in interfaces if i.side == "host" and i.functions]
    out = top("The host's tables as the runner offers them to a plugin: each function sends the call to the host.",
              ['"plugins/runner/generated/struct_layouts.hpp"', '"plugins/runner/link.hpp"',
               *(f"<mortise/abi/{i.file}.h>" for i in hosts), "<array>", "<string_view>"])
    out += PORT.split("\n")
    for i in hosts:
        name = f"Remote{camel(i.file)}"
        out += ["template <class Port>", f"struct {name} {{"]
        for f in i.functions:
            out += caller(i, f)
        out += [f"    static constexpr mortise_{i.file} table{{", f"        {{sizeof(mortise_{i.file}), {i.revision}}},",
                *(f"        &{name}::{f.name}," for f in i.functions), "    };", "};", ""]
    out += ["struct RemoteTable {", "    std::string_view id;", "    const mortise_interface* table;", "};", "", "template <class Port>",
            f"inline constexpr std::array<RemoteTable, {len(hosts)}> remote_tables{{{{"]
    out += [f"    {{\"{i.id}\", &Remote{camel(i.file)}<Port>::table.head}}," for i in hosts]
    return "\n".join(out + ["}};"] + BOTTOM)


def plugin_caller(interfaces: list[Interface]) -> str:
    plugin = next(i for i in interfaces if i.side == "plugin")
    out = top("A plugin's table as the host sees it when the plugin runs in a process of its own.",
              ['"plugins/runner/generated/struct_layouts.hpp"', '"plugins/runner/link.hpp"', f"<mortise/abi/{plugin.file}.h>"])
    out += [*PORT.split("\n"), "template <class Port>", "struct RemotePlugin {"]
    for f in plugin.functions:
        out += caller(plugin, f)
    out += ["    /// Only the functions that the plugin offers; see plugin_offers().",
            "    static mortise_plugin table(void* impl, std::uint64_t offered) noexcept", "    {", "        mortise_plugin made{};",
            f"        made.head = {{sizeof made, {plugin.revision}}};", "        made.impl = impl;"]
    out += [f"        if ((offered >> {n} & 1U) != 0) made.{f.name} = &RemotePlugin::{f.name};" for n, f in enumerate(plugin.functions)]
    return "\n".join(out + ["        return made;", "    }", "};"] + BOTTOM)


def take(a: Field) -> str:
    kind = a.type
    if kind.shape == "scalar":
        return f"wire.{kind.inner}()"
    if kind.shape == "out":
        return f"wire.result<{SCALARS[kind.inner][0]}>()"
    if kind.shape == "struct":
        return f"wire.structure<mortise_{kind.inner}>()"
    if kind.shape == "span":
        return f"wire.structures<mortise_{kind.inner}>()" if kind.is_struct_span else f"wire.numbers<{SCALARS[kind.inner][0]}>()"
    return f"wire.{kind.shape}()"


def server(i: Interface, f: Function) -> list[str]:
    of_plugin = i.side == "plugin"
    sinks = [a for a in f.arguments if a.type.shape == "sink"] if of_plugin else []
    first = ["const mortise_plugin& table"] if of_plugin else ["const HostTables& tables", "mortise_self self"]
    out = wrapped(f"inline mortise_status serve_{function_id(i, f)}", [*first, "IncomingCall& wire"], "", "") + ["{"]
    if of_plugin:
        out += [f"    if (!border::offers(table.head.size, offsetof(mortise_plugin, {f.name}), table.{f.name}))"]
    else:
        out += [f"    if (tables.{i.file} == nullptr)"]
    out += ["        return refuse_unoffered(wire);"]
    out += [f"    const auto {a.name} = {take(a)};" if a.type.shape != "out" else f"    auto* {a.name} = {take(a)};" for a in f.arguments]
    out += ["    if (!wire.ok()) return refuse_unreadable(wire);"]
    out += [f"    border::CheckedSink {a.name}_checked{{{a.name}, plugin_limits}};" for a in sinks]
    passed = []
    for a in f.arguments:
        if a.type.shape == "span":
            passed += [f"{a.name}.items", f"{a.name}.count"]
        elif a in sinks:
            passed.append(f"{a.name}_checked.sink()")
        else:
            passed.append(a.name)
    call = f"table.{f.name}" if of_plugin else f"tables.{i.file}->{f.name}"
    head = "const mortise_status answered = " if sinks else "return "
    out += wrapped(head + call, ["table.impl" if of_plugin else "self", *passed, "wire.error()"], ";", "    ")
    for a in sinks:
        out += [f"    if (answered >= 0 && !{a.name}_checked.ok())",
                f"        return report(wire.error(), ErrorCode::invalid, {{}}, \"{a.name}\", \"the plugin wrote a broken value\");"]
    if sinks:
        out += ["    return answered;"]
    return out + ["}", ""]


REFUSALS = """\
inline mortise_status refuse_unoffered(IncomingCall& wire)
{
    return report(wire.error(), ErrorCode::unsupported, "runner.not_offered", {}, "this side does not offer the function");
}

inline mortise_status refuse_unreadable(IncomingCall& wire)
{
    return report(wire.error(), ErrorCode::invalid, "runner.unreadable", {}, "the arguments could not be read");
}
"""


def common() -> str:
    out = top("What servers answer when there is no call to make.", ['"plugins/runner/link.hpp"'])
    return "\n".join([*out, *REFUSALS.rstrip("\n").split("\n"), *BOTTOM])


def servers_table(name: str, kind: str, interfaces: list[Interface], of_plugin: bool) -> list[str]:
    out = [f"inline constexpr std::array<{kind}, abi_function_count> {name}{{{{"]
    for i in interfaces:
        out += [f"    &serve_{function_id(i, f)}," if (i.side == "plugin") == of_plugin else "    nullptr," for f in i.functions]
    return out + ["}};"]


def host_server(interfaces: list[Interface]) -> str:
    hosts = [i for i in interfaces if i.side == "host" and i.functions]
    out = top("The host's end of a plugin's calls: takes the arguments out of a message and calls the table that a plugin in process would call.",
              ['"plugins/runner/generated/refusals.hpp"', '"plugins/runner/generated/struct_layouts.hpp"',
               *(f"<mortise/abi/{i.file}.h>" for i in hosts), "<array>", "<string_view>"])
    out += ["/// The tables that the plugin asked for and was given.", "struct HostTables {",
            *(f"    const mortise_{i.file}* {i.file}{{nullptr}};" for i in hosts), "",
            "    void set(std::string_view id, const mortise_interface* given) noexcept", "    {"]
    out += [f"        if (id == \"{i.id}\") {i.file} = reinterpret_cast<const mortise_{i.file}*>(given);" for i in hosts]
    out += ["    }", "};", ""]
    for i in hosts:
        for f in i.functions:
            out += server(i, f)
    out += ["using HostServer = mortise_status (*)(const HostTables&, mortise_self, IncomingCall&);", "/// By function; null for those of the plugin."]
    return "\n".join(out + servers_table("host_servers", "HostServer", interfaces, False) + BOTTOM)


def plugin_server(interfaces: list[Interface]) -> str:
    plugin = next(i for i in interfaces if i.side == "plugin")
    out = top("The runner's end of the host's calls: takes the arguments out of a message and calls the plugin.",
              ['"plugins/runner/generated/refusals.hpp"', '"plugins/runner/generated/struct_layouts.hpp"', f"<mortise/abi/{plugin.file}.h>", "<array>"])
    out += ["/// Of what a plugin writes; the host tells.", "inline border::Limits plugin_limits;", "",
            "/// One bit for each function that is there, in their order.", "inline std::uint64_t plugin_offers(const mortise_plugin& table) noexcept", "{",
            "    std::uint64_t offered = 0;"]
    out += [f"    if (border::offers(table.head.size, offsetof(mortise_plugin, {f.name}), table.{f.name})) offered |= std::uint64_t{{1}} << {n}U;"
            for n, f in enumerate(plugin.functions)]
    out += ["    return offered;", "}", ""]
    for f in plugin.functions:
        out += server(plugin, f)
    out += ["using PluginServer = mortise_status (*)(const mortise_plugin&, IncomingCall&);", "/// By function; null for those of the host."]
    return "\n".join(out + servers_table("plugin_servers", "PluginServer", interfaces, True) + BOTTOM)


def build_mark(files: dict[str, str]) -> str:
    digest = hashlib.sha256("".join(files[name] for name in sorted(files)).encode()).hexdigest()[:16]
    out = top("What host and runner compare first: stubs of different descriptions do not talk to each other.", ["<cstdint>"])
    return "\n".join([*out, f"inline constexpr std::uint64_t wire_build = 0x{digest};", *BOTTOM])


def files(interfaces: list[Interface]) -> dict[str, str]:
    out = {"struct_layouts.hpp": layouts(interfaces), "refusals.hpp": common(), "host_callers.hpp": host_callers(interfaces),
           "plugin_caller.hpp": plugin_caller(interfaces), "host_server.hpp": host_server(interfaces), "plugin_server.hpp": plugin_server(interfaces)}
    return out | {"wire_build.hpp": build_mark(out)}
