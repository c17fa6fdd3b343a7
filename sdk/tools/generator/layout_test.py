"""Writes the test that pins every size and offset to what the generator computed from the descriptions, and the list of all functions
for the test that calls each of them."""

from __future__ import annotations

from .model import Interface


def layout(interfaces: list[Interface]) -> str:
    out = ["/* clang-format off */", "/* Generated from sdk/interfaces; do not edit. */",
           "/* A line that changes here breaks plugins that were built before. */",
           "#include <mortise/abi/mortise.h>", "", "#include <stddef.h>", "",
           "#define SIZE(type, bytes) _Static_assert(sizeof(type) == (bytes), #type \" has changed its size\")",
           "#define PLACE(type, member, bytes) _Static_assert(offsetof(type, member) == (bytes), #type \".\" #member \" has moved\")",
           "#define NUMBER(constant, value) _Static_assert((constant) == (value), #constant \" has changed\")", ""]
    for interface in interfaces:
        out.append(f"/* {interface.id} */")
        for item in interface.enums:
            out += [f"NUMBER({value.name}, {value.number});" for value in item.values]
        for item in interface.frozen:
            out.append(f"SIZE(mortise_{item.name}, {item.size});")
            out += [f"PLACE(mortise_{item.name}, {field.name}, {field.offset});" for field in item.fields]
        for item in interface.structs:
            out += [f"SIZE(mortise_{item.name}, {item.size});", f"NUMBER(MORTISE_{item.name.upper()}_MIN_SIZE, {item.first_size});",
                    f"PLACE(mortise_{item.name}, size, 0);"]
            out += [f"PLACE(mortise_{item.name}, {field.name}, {field.offset});" for field in item.fields]
        if interface.functions:
            first = 16 if interface.side == "plugin" else 8
            out += [f"PLACE(mortise_{interface.file}, impl, 8);"] if interface.side == "plugin" else []
            out.append(f"SIZE(mortise_{interface.file}, {first + 8 * len(interface.functions)});")
            out += [f"PLACE(mortise_{interface.file}, {function.name}, {first + 8 * slot});"
                    for slot, function in enumerate(interface.functions)]
        out.append("")
    return "\n".join(out)


def functions(interfaces: list[Interface]) -> str:
    out = ["// clang-format off", "// Generated from sdk/interfaces; do not edit.", "#pragma once", "", "/// \\file",
           "/// Every function of the contract, for the test that plugins call each of them.", "", "#include <string_view>", "",
           "struct PromisedFunction {", "    std::string_view name; ///< such as \"mortise.records/1.commit\"",
           "    int since; ///< release, as MORTISE_ABI_TARGET counts it", "};", "",
           "inline constexpr PromisedFunction promised_functions[]{"]
    out += [f'    {{"{i.id}.{f.name}", {f.since}}},' for i in interfaces for f in i.functions]
    return "\n".join([*out, "};", ""])
