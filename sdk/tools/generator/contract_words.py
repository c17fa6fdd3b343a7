"""Writes what the contract says about each function and each status, for messages of the test kit and of `check`."""

from __future__ import annotations

from .c_header import flow
from .host_checks import MARK
from .model import Interface


def literal(words: str) -> str:
    return '"' + words.replace("\\", "\\\\").replace('"', '\\"').replace("\n", " ") + '"'


def sentence(words: str) -> str:
    """The first paragraph, without marks that only a page needs."""
    return flow(words).split("\n")[0].replace("`", "'")


def files(interfaces: list[Interface]) -> dict[str, str]:
    out = [MARK, "#pragma once", "", "/// \\file",
           "/// What the contract says about each function and each status, and on which page it is written.", "",
           "#include <cstdint>", "#include <span>", "#include <string_view>", "", "namespace mortise::testkit {", "",
           "struct DescribedError {", "    std::string_view code; ///< such as \"not_found\"", "    std::string_view when;", "};", "",
           "/// In the order of AbiFunction.", "struct DescribedFunction {",
           "    std::string_view name; ///< such as \"mortise.records/1.commit\"", "    std::string_view words;",
           "    std::string_view threads; ///< from where it may be called",
           "    std::string_view page; ///< in the documentation", "    std::span<const DescribedError> errors;", "};", "",
           "struct DescribedInterface {", "    std::string_view id;", "    int since; ///< release, as MORTISE_ABI_TARGET counts it",
           "    std::string_view stability;",
           "    std::span<const int> functions; ///< the release of each function of its table, in the table's order", "};", "",
           "struct DescribedStatus {", "    std::int32_t number;", "    std::string_view code; ///< such as \"not_found\"",
           "    std::string_view words;", "    bool of_host; ///< a plugin may not give it", "};", ""]
    table = []
    for i in interfaces:
        for f in i.functions:
            name = f"errors_of_{i.file}_{f.name}"
            if f.errors:
                out += [f"inline constexpr DescribedError {name}[]{{"]
                out += [f"    {{{literal(code.lower())}, {literal(words)}}}," for code, words in f.errors] + ["};"]
            table += [f"    {{{literal(f'{i.id}.{f.name}')}, {literal(sentence(f.doc))}, {literal(' '.join(f.threads))},",
                      f"     {literal(f'docs/reference/interfaces/{i.file}.md#{f.name}')}, {name if f.errors else '{}'}}},"]
    out += [""] + [f"inline constexpr int releases_of_{i.file}[]{{{', '.join(str(f.since) for f in i.functions)}}};"
                   for i in interfaces if i.functions]
    out += ["", "inline constexpr DescribedInterface described_interfaces[]{"]
    out += [f"    {{{literal(i.id)}, {i.since}, {literal(i.stability)}, {f'releases_of_{i.file}' if i.functions else '{}'}}},"
            for i in interfaces] + ["};"]
    out += ["", "inline constexpr DescribedFunction described_functions[]{", *table, "};", "",
            "inline constexpr std::string_view status_page = \"docs/reference/interfaces/error.md\";", "",
            "inline constexpr DescribedStatus described_statuses[]{"]
    codes = next(e for i in interfaces if i.file == "error" for e in i.enums if e.name == "code")
    out += [f"    {{{v.number}, {literal(v.name.removeprefix('MORTISE_E_').lower())}, {literal(sentence(v.words))}, "
            f"{'true' if v.who == 'host' else 'false'}}}," for v in codes.values if v.number < 0]
    out += ["};", "", "} // namespace mortise::testkit"]
    return {"contract.hpp": "\n".join(out) + "\n"}
