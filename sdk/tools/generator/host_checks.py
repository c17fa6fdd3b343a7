"""Writes the host's side of the contract: what it implements, and the checks in front of it."""

from __future__ import annotations

import textwrap

from .c_header import flow, parameters, spell_release
from .model import Field, Function, Interface, Struct
from .types import SCALARS

HOW = """\
// How the pieces fit. sdk/tools/README.md has an example.
//
// plugin -> host: a plugin calls a function of a table in checked_*.hpp. It makes a `Guard::Enter`, which looks
//   `self` up, checks the thread and counts; then it checks every argument, and calls the method in host_calls.hpp.
// host -> plugin: the host calls a function of into_plugin.hpp. It makes a `Guard::Into`, which takes the strand
//   and counts; then it checks that the plugin offers the function, calls it, and believes only statuses that a
//   plugin may give and values that are sound.
//
// What is written by hand is the methods, and one struct for the policy:
//
// struct Guard {
//     class Enter { // one call of a plugin; its destructor stops the clock
//     public:
//         Enter(mortise_self, AbiFunction, mortise_error*) noexcept; // identity, thread, state, quota
//         bool ok() const noexcept; // may the call go on?
//         mortise_status status() const noexcept; // if not, why; the error is written already
//         const border::Limits& limits() const noexcept;
//         mortise_status refuse(const border::Fault&) noexcept; // an argument is wrong: writes the error, counts it
//         Caller& caller() noexcept; // who calls: identity, rights, open units, context
//         const HostCalls& calls() noexcept; // the methods
//         template <class Call> mortise_status run(Call&& call) noexcept; // Result<void> call(); nothing escapes
//     };
//     using Plugin = ...; // one instance of a plugin
//     class Into { // one call of the host; its destructor leaves the strand and stops the clock
//     public:
//         Into(Plugin&, AbiFunction, mortise_error&) noexcept; // strand or lane, life cycle, deadline
//         bool ok() const noexcept;
//         mortise_status status() const noexcept;
//         const border::Limits& limits() const noexcept;
//         const mortise_plugin& table() const noexcept;
//         mortise_status missing() noexcept; // the plugin does not offer the function
//         mortise_status done(mortise_status) noexcept; // what it answered: counts it
//     };
// };
//
// Every error pointer may be null in Enter. Enter and Into say what happened through report() of
// <mortise/status.hpp>."""

MARK = "// Generated from sdk/interfaces; do not edit."


def camel(name: str) -> str:
    return "".join(part.capitalize() for part in name.split("_"))


def top(about: str, includes: list[str]) -> list[str]:
    ours = [f"#include {i}" for i in includes if i.startswith(("\"", "<mortise"))]
    std = [f"#include {i}" for i in includes if not i.startswith(("\"", "<mortise"))]
    blocks = [*ours, *([""] if ours and std else []), *std]
    return [MARK, "#pragma once", "", "/// \\file", *(f"/// {line}" for line in textwrap.wrap(about, 108)), "",
            *blocks, "", "namespace mortise::host {", ""]


BOTTOM = ["", "} // namespace mortise::host", ""]


def function_id(interface: Interface, function: Function) -> str:
    return f"{interface.file}_{function.name}"


def functions_header(interfaces: list[Interface]) -> str:
    out = top("Every function of the contract by number: for accounting, permissions, thread checks and fault injection.",
              ["<cstddef>", "<cstdint>", "<string_view>"])
    out += [*HOW.split("\n"), "", "/// From where a function may be called. A set of these is a bit mask.",
            "enum AbiThread : unsigned { thread_init = 1, thread_strand = 2, thread_hook = 4, thread_job = 8, thread_any = 16 };", "",
            "enum class AbiFunction : std::uint16_t {"]
    every = [(i, f) for i in interfaces for f in i.functions]
    out += [f"    {function_id(i, f)}," for i, f in every] + ["};", ""]
    out += [f"inline constexpr std::size_t abi_function_count = {len(every)};", "",
            "struct AbiFunctionInfo {", "    std::string_view name; ///< such as \"mortise.records/1.commit\"",
            "    unsigned threads; ///< a mask of AbiThread", "    bool of_plugin; ///< the plugin offers it, the host calls it", "};", "",
            "inline constexpr AbiFunctionInfo abi_functions[abi_function_count] = {"]
    for i, f in every:
        mask = " | ".join(f"thread_{t}" for t in f.threads)
        out.append(f"    {{\"{i.id}.{f.name}\", {mask}, {'true' if i.side == 'plugin' else 'false'}}},")
    out += ["};", "", "constexpr const AbiFunctionInfo& info(AbiFunction function) noexcept", "{",
            "    return abi_functions[static_cast<std::size_t>(function)];", "}"]
    return "\n".join(out + BOTTOM)


def scalar(name: str) -> str:
    spelled = SCALARS[name][0]
    return spelled if spelled == "double" else f"std::{spelled}"


def method_parameter(argument: Field) -> str:
    kind, name, star = argument.type, argument.name, "*" if argument.type.optional else "&"
    if kind.shape == "scalar":
        return f"{scalar(kind.inner)} {name}"
    if kind.shape == "out":
        return f"{scalar(kind.inner)}{star} {name}"
    if kind.shape == "struct":
        return f"const mortise_{kind.inner}{star} {name}"
    if kind.shape == "span":
        return f"border::Items<mortise_{kind.inner}> {name}" if kind.is_struct_span else f"std::span<const {scalar(kind.inner)}> {name}"
    return f"{ {'text': 'std::string_view', 'value': 'ValueView', 'sink': 'border::Sink'}[kind.shape]} {name}"


def calls_header(interfaces: list[Interface]) -> str:
    hosts = [i for i in interfaces if i.side == "host" and i.functions]
    out = top("What the host does behind each table. Arguments have been checked; values live for the call. Optional "
              "structs and results are pointers, null if not given; optional values do not exist.",
              [*(f"<mortise/abi/{i.file}.h>" for i in hosts), "<mortise/border.hpp>", "<mortise/result.hpp>", "<cstdint>", "<span>", "<string_view>"])
    out += ["/// Who calls: defined by the host beside its guard.", "class Caller;", ""]
    for i in hosts:
        name = f"{camel(i.file)}Calls"
        out += [f"/// {i.id}; see mortise/abi/{i.file}.h.", f"class {name} {{", "public:", f"    {name}() = default;",
                f"    {name}(const {name}&) = delete;", f"    {name}& operator=(const {name}&) = delete;", f"    virtual ~{name}() = default;", ""]
        for f in i.functions:
            items = ["Caller& caller", *(method_parameter(a) for a in f.arguments)]
            line = f"    virtual Result<void> {f.name}({', '.join(items)}) = 0;"
            out += [line] if len(line) <= 110 else [f"    virtual Result<void> {f.name}(", *(f"        {p}{',' if p is not items[-1] else ''}" for p in items), "    ) = 0;"]
        out += ["};", ""]
    out += ["/// Everything that a plugin can ask of one host. Pointers are not owned and never null.", "struct HostCalls {"]
    out += [f"    {camel(i.file)}Calls* {i.file}{{nullptr}};" for i in hosts] + ["};"]
    return "\n".join(out + BOTTOM)


def struct_checks(interfaces: list[Interface]) -> str:
    """Checks of what lies inside structs that plugins hand over."""
    given = {a.type.inner for i in interfaces if i.side == "host" for f in i.functions for a in f.arguments
             if a.type.shape == "struct" or a.type.is_struct_span}
    owners = [i for i in interfaces if any(s.name in given for s in i.structs)]
    out = top("Checks of the structs that plugins hand over: their size and what lies inside.",
              [*(f"<mortise/abi/{i.file}.h>" for i in owners), "<mortise/border.hpp>", "<cstdint>"])
    for i in owners:
        for s in (s for s in i.structs if s.name in given):
            out += struct_check(s)
    out += ["/// All items of a span: equal sizes, each of them sound.", "template <class Struct>",
            "bool check_items(", "    border::Check& check, const Struct* items, std::uint64_t count, std::uint32_t least, const char* name",
            ") noexcept", "{",
            "    if (!check.span(items, count, name)) return false;", "    if (count == 0) return true;",
            "    if (!check.structure(items, least, name)) return false;",
            "    const auto* at = reinterpret_cast<const std::byte*>(items);",
            "    for (std::uint64_t i = 0; i < count; ++i, at += items->size) {",
            "        const auto& item = *reinterpret_cast<const Struct*>(at);",
            "        if (!check.same_size(item.size, items->size, name) || !check_struct(check, item, name)) return false;", "    }",
            "    return true;", "}"]
    return "\n".join(out + BOTTOM)


def struct_check(s: Struct) -> list[str]:
    tests = []
    for field in s.fields:
        if field.type.shape == "scalar":
            continue
        call = {"text": "text", "value": "optional_value" if field.type.optional else "value"}[field.type.shape]
        tests.append(f"check.{call}(item.{field.name}, \"{field.name}\")")
    body = "\n           && ".join(tests) or "true"
    unused = [] if tests else ["    static_cast<void>(check);"]
    return [f"inline bool check_struct(border::Check& check, const mortise_{s.name}& given, const char* name) noexcept", "{",
            f"    if (!check.structure(&given, MORTISE_{s.name.upper()}_MIN_SIZE, name)) return false;", *unused,
            *([f"    const mortise_{s.name} item = border::widened(given);"] if tests else []), f"    return {body};", "}", ""]


def argument_check(a: Field) -> str | None:
    kind, name = a.type, a.name
    quoted = f"\"{name}\""
    if kind.shape == "text":
        return f"check.text({name}, {quoted})"
    if kind.shape == "value":
        return f"check.{'optional_' if kind.optional else ''}value({name}, {quoted})"
    if kind.shape == "sink":
        return f"check.sink({name}, {quoted})" if not kind.optional else None
    if kind.shape == "out":
        return f"check.pointer({name}, {quoted})" if not kind.optional else None
    if kind.shape == "struct":
        test = f"check_struct(check, *{name}, {quoted})"
        return f"({name} == nullptr || {test})" if kind.optional else f"(check.pointer({name}, {quoted}) && {test})"
    if kind.is_struct_span:
        return f"check_items(check, {name}, {name}_count, MORTISE_{kind.inner.upper()}_MIN_SIZE, {quoted})"
    if kind.shape == "span":
        return f"check.span({name}, {name}_count, {quoted})"
    return None


def converted(a: Field) -> str:
    kind, name = a.type, a.name
    if kind.shape == "text":
        return f"border::view({name})"
    if kind.shape == "value":
        return f"ValueView{{{name}}}"
    if kind.shape == "sink":
        return f"border::Sink{{{name}}}"
    if kind.shape == "out":
        return name if kind.optional else f"*{name}"
    if kind.shape == "struct":
        return f"{name} != nullptr ? &{name}_known : nullptr" if kind.optional else f"{name}_known"
    if kind.is_struct_span:
        return f"border::Items<mortise_{kind.inner}>{{{name}, {name}_count}}"
    if kind.shape == "span":
        return f"std::span{{{name}, {name}_count}}"
    return name


def wrapped(head: str, items: list[str], tail: str, indent: str) -> list[str]:
    line = f"{indent}{head}({', '.join(items)}){tail}"
    if len(line) <= 110:
        return [line]
    return [f"{indent}{head}(", *(f"{indent}    {item}{',' if n + 1 < len(items) else ''}" for n, item in enumerate(items)), f"{indent}){tail}"]


def checked_function(i: Interface, f: Function) -> list[str]:
    out = wrapped(f"static mortise_status {f.name}", [f"{kind} {name}" for kind, name in parameters(i, f)], " noexcept", "    ")
    out += ["    {", f"        typename Guard::Enter enter{{self, AbiFunction::{function_id(i, f)}, error}};",
            "        if (!enter.ok()) return enter.status();"]
    tests = [t for a in f.arguments if (t := argument_check(a))]
    if tests:
        joined = "\n              && ".join(tests)
        out += ["        border::Check check{enter.limits()};", f"        if (!({joined}))", "            return enter.refuse(check.fault());"]
    for a in f.arguments:
        if a.type.shape == "struct":
            known = f"border::widened{'_or_empty(' if a.type.optional else '(*'}{a.name})"
            out.append(f"        const mortise_{a.type.inner} {a.name}_known = {known};")
    out += ["        return enter.run([&] {",
            *wrapped(f"return enter.calls().{i.file}->{f.name}", ["enter.caller()", *(converted(a) for a in f.arguments)], ";", "            "),
            "        });", "    }", ""]
    return out


def checked_header(i: Interface) -> str:
    name = f"Checked{camel(i.file)}"
    out = top(f"The checks in front of the host's {i.id}.",
              ['"plugins/generated/abi_functions.hpp"', '"plugins/generated/checked_structs.hpp"', '"plugins/generated/host_calls.hpp"',
               f"<mortise/abi/{i.file}.h>"])
    out += ["template <class Guard> // see abi_functions.hpp", f"struct {name} {{"]
    for f in i.functions:
        out += checked_function(i, f)
    slots = [f"&{name}::{f.name}" for f in i.functions]
    out += [f"    static constexpr mortise_{i.file} table{{", f"        {{sizeof(mortise_{i.file}), {i.revision}}},", *(f"        {s}," for s in slots), "    };", "};"]
    return "\n".join(out + BOTTOM)


def tables_header(interfaces: list[Interface]) -> str:
    hosts = [i for i in interfaces if i.side == "host" and i.functions]
    out = top("Every table of the host by its id, for the root's `query`.",
              [*(f'"plugins/generated/checked_{i.file}.hpp"' for i in sorted(hosts, key=lambda i: i.file)), "<mortise/abi/root.h>", "<array>", "<string_view>"])
    out += ["struct AbiTable {", "    std::string_view id;", "    bool experimental; ///< only for plugins whose manifest names it",
            "    const mortise_interface* table;", "};", "", "template <class Guard>",
            f"inline constexpr std::array<AbiTable, {len(hosts)}> abi_tables{{{{"]
    out += [f"    {{\"{i.id}\", {'true' if i.stability == 'experimental' else 'false'}, &Checked{camel(i.file)}<Guard>::table.head}}," for i in hosts]
    return "\n".join(out + ["}};"] + BOTTOM)


def into_parameter(a: Field) -> str:
    kind, name = a.type, a.name
    if kind.shape == "span":
        item = SCALARS[kind.inner][0] if kind.inner in SCALARS else f"mortise_{kind.inner}"
        return f"std::span<const {item}> {name}"
    if kind.shape == "out":
        return f"{SCALARS[kind.inner][0]}& {name}"
    if kind.shape == "struct":
        return f"const mortise_{kind.inner}& {name}"
    return f"{ {'text': 'mortise_text', 'value': 'mortise_tree', 'sink': 'mortise_sink'}.get(kind.shape) or SCALARS[kind.inner][0]} {name}"


def into_header(interfaces: list[Interface]) -> str:
    plugin = next(i for i in interfaces if i.side == "plugin")
    out = top("The host's way into a plugin. Each call checks that the plugin offers the function, that what it writes is "
              "sound, and that its status is one that a plugin may give.",
              ['"plugins/generated/abi_functions.hpp"', f"<mortise/abi/{plugin.file}.h>", "<mortise/border.hpp>", "<cstddef>", "<span>"])
    out += ["template <class Guard> // see abi_functions.hpp", "struct IntoPlugin {", "    using Plugin = typename Guard::Plugin;", ""]
    for f in plugin.functions:
        out += [*(f"    /// {line}" for line in textwrap.wrap(flow(f.doc).split("\n")[0], 100))]
        out += wrapped(f"static mortise_status {f.name}", ["Plugin& plugin", *(into_parameter(a) for a in f.arguments), "mortise_error& error"], " noexcept", "    ")
        sinks = [a for a in f.arguments if a.type.shape == "sink"]
        out += ["    {", f"        typename Guard::Into into{{plugin, AbiFunction::{function_id(plugin, f)}, error}};",
                "        if (!into.ok()) return into.status();", "        const mortise_plugin& table = into.table();",
                f"        if (!border::offers(table.head.size, offsetof(mortise_plugin, {f.name}), table.{f.name}))", "            return into.missing();"]
        out += [f"        border::CheckedSink {a.name}_checked{{{a.name}, into.limits()}};" for a in sinks]
        passed = []
        for a in f.arguments:
            passed += {"span": [f"{a.name}.data()", f"{a.name}.size()"], "out": [f"&{a.name}"], "struct": [f"&{a.name}"],
                       "sink": [f"{a.name}_checked.sink()"]}.get(a.type.shape, [a.name])
        out += wrapped(f"const mortise_status answered = table.{f.name}", ["table.impl", *passed, "&error"], ";", "        ")
        for a in sinks:
            out += [f"        if (answered >= 0 && !{a.name}_checked.ok())",
                    f"            return into.done(report(&error, ErrorCode::invalid, {{}}, \"{a.name}\", \"the plugin wrote a broken value\"));"]
        out += ["        return into.done(border::believed(answered));", "    }", ""]
    return "\n".join(out[:-1] + ["};"] + BOTTOM)


def files(interfaces: list[Interface]) -> dict[str, str]:
    out = {"abi_functions.hpp": functions_header(interfaces), "host_calls.hpp": calls_header(interfaces),
           "checked_structs.hpp": struct_checks(interfaces), "checked_tables.hpp": tables_header(interfaces),
           "into_plugin.hpp": into_header(interfaces)}
    for i in interfaces:
        if i.side == "host" and i.functions:
            out[f"checked_{i.file}.hpp"] = checked_header(i)
    return out
