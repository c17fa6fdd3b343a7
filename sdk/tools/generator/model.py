"""Reads the descriptions and refuses what is wrong in them."""

from __future__ import annotations

import dataclasses
import pathlib
import re
import tomllib

from .types import FROZEN_SIZES, Problem, Type, field_size, parse_type

THREADS = ["init", "strand", "hook", "job", "any"]
SIDES = {"host", "plugin", "types"}
STABILITIES = {"stable", "experimental", "deprecated"}
RESERVED = set(
    "auto bool case catch char class const constexpr default delete do double else enum explicit export extern false "
    "float for friend goto if inline int long mutable namespace new noexcept nullptr operator private protected public "
    "register requires return short signed sizeof static struct switch template this throw true typedef union unsigned "
    "using virtual void volatile while "
    "self error impl head plugin enter into check table answered".split())  # the last ones stand in generated code
NAME = re.compile(r"[a-z][a-z0-9_]*$")


@dataclasses.dataclass
class EnumValue:
    name: str  # as C spells it
    number: int
    words: str
    who: str = ""  # status codes: host or both
    since: int = 0  # 0: as old as the enum


@dataclasses.dataclass
class Enum:
    name: str
    doc: str
    values: list[EnumValue]


@dataclasses.dataclass
class Field:
    """An argument of a function or a field of a growing struct."""
    name: str
    type: Type
    since: int
    words: str
    offset: int = 0  # fields only


@dataclasses.dataclass
class Struct:
    name: str
    doc: str
    fields: list[Field]
    size: int = 0  # with every field
    first_size: int = 0  # as of the interface's first release


@dataclasses.dataclass
class FrozenField:
    declaration: str
    name: str
    words: str
    offset: int


@dataclasses.dataclass
class Frozen:
    name: str
    doc: str
    fields: list[FrozenField]
    size: int
    alignment: int


@dataclasses.dataclass
class Function:
    name: str
    doc: str
    since: int
    threads: list[str]
    arguments: list[Field]
    errors: list[tuple[str, str]]
    owner: str = ""


@dataclasses.dataclass
class Interface:
    file: str  # stem of the description and of the header
    id: str
    side: str
    stability: str
    since: int
    doc: str
    uses: list[str]
    typedefs: list[tuple[str, str, str]]
    enums: list[Enum]
    frozen: list[Frozen]
    structs: list[Struct]
    functions: list[Function]
    export: dict[str, str] | None

    @property
    def revision(self) -> int:
        return max([self.since, *(f.since for f in self.functions)])


def text(words: str) -> str:
    return "\n".join(line.strip() if not line.startswith(" ") else line.rstrip() for line in words.strip().splitlines())


def release(spelling: str, where: str) -> int:
    """"1.2" as MORTISE_ABI_TARGET counts it: 1002."""
    if not (found := re.fullmatch(r"(\d+)\.(\d{1,3})", spelling)):
        raise Problem(f"{where}: {spelling!r} is not a release such as 0.1")
    return int(found[1]) * 1000 + int(found[2])


def spell_release(number: int) -> str:
    return f"{number // 1000}.{number % 1000}"


def rows(block: str) -> list[str]:
    return [line.strip() for line in block.splitlines() if line.strip()]


def check_name(name: str, where: str) -> str:
    if not NAME.match(name) or name in RESERVED:
        raise Problem(f"{where}: {name!r} cannot be a name")
    return name


class Reader:
    """Reads one description. `structs` are the structs of all descriptions, `codes` the status codes."""

    def __init__(self, path: pathlib.Path, spec: dict, structs: set[str], codes: set[str]):
        self.file, self.spec, self.structs, self.codes = path.stem, spec, structs, codes
        self.since = release(spec.get("since", ""), self.file)

    def read(self) -> Interface:
        spec, file = self.spec, self.file
        known = {"interface", "side", "stability", "since", "doc", "uses", "typedefs", "enum", "frozen", "struct",
                 "function", "export"}
        if unknown := sorted(spec.keys() - known):
            raise Problem(f"{file}: unknown entry {unknown[0]!r}")
        if spec.get("side") not in SIDES or spec.get("stability") not in STABILITIES:
            raise Problem(f"{file}: side is one of {sorted(SIDES)}, stability one of {sorted(STABILITIES)}")
        if not re.fullmatch(rf"mortise\.{file}/\d+", spec.get("interface", "")):
            raise Problem(f"{file}: the interface's id must be mortise.{file}/REVISION")
        if spec["side"] == "types" and "function" in spec:
            raise Problem(f"{file}: side \"types\" has no functions")
        interface = Interface(
            file, spec["interface"], spec["side"], spec["stability"], self.since, self.doc(spec, file),
            spec.get("uses", []), [tuple(row.split(None, 2)) for row in rows(spec.get("typedefs", ""))],
            [self.enum(name, body) for name, body in spec.get("enum", {}).items()], self.frozen(),
            [self.struct(name, body) for name, body in spec.get("struct", {}).items()],
            [self.function(name, body) for name, body in spec.get("function", {}).items()], spec.get("export"))
        self.check_bands(interface.functions, "a table")
        return interface

    def doc(self, body: dict, where: str) -> str:
        if not body.get("doc", "").strip():
            raise Problem(f"{where}: no doc")
        return text(body["doc"])

    def enum(self, name: str, body: dict) -> Enum:
        where = f"{self.file}.{check_name(name, self.file)}"
        prefix = body.get("prefix", f"MORTISE_{name.upper()}_")
        values = []
        for row in rows(body["values"]):
            parts = row.split(None, 3 if name == "code" else 2)
            if len(parts) < 3:
                raise Problem(f"{where}: {row!r} is not: name number words")
            name_given, _, since = parts[0].partition("@")
            spelled = name_given if name_given.startswith("MORTISE_") else prefix + name_given.upper()
            values.append(EnumValue(spelled, int(parts[1]), parts[-1], parts[2] if name == "code" else "",
                                    release(since, where) if since else 0))
        if any(after.since < before.since for before, after in zip(values, values[1:])):
            raise Problem(f"{where}: later values stand at the end")
        if len({v.number for v in values}) != len(values) or len({v.name for v in values}) != len(values):
            raise Problem(f"{where}: a name or number stands twice")
        return Enum(name, self.doc(body, where), values)

    def frozen(self) -> list[Frozen]:
        known: dict[str, tuple[int, int]] = {name: (size, size) for name, size in FROZEN_SIZES.items()}
        known |= {"mortise_text": (16, 8), "mortise_tree": (16, 8), "mortise_interface": (8, 4)}
        found = []
        for name, body in self.spec.get("frozen", {}).items():
            where, cursor, widest, fields = f"{self.file}.{name}", 0, 1, []
            for row in rows(body["fields"]):
                declaration, separator, words = (re.split(r"(;\s{2,})", row, maxsplit=1) + ["", ""])[:3]
                if not separator:
                    raise Problem(f"{where}: {row!r} is not: declaration;  words")
                field, size, alignment = self.frozen_type(declaration, known, where)
                if cursor % alignment:
                    raise Problem(f"{where}: a hole before {field}")
                fields.append(FrozenField(declaration, field, words, cursor))
                cursor, widest = cursor + size, max(widest, alignment)
            if cursor % widest:
                raise Problem(f"{where}: a hole at the end")
            known[f"mortise_{name}"] = (cursor, widest)
            found.append(Frozen(name, self.doc(body, where), fields, cursor, widest))
        return found

    @staticmethod
    def frozen_type(declaration: str, known: dict, where: str) -> tuple[str, int, int]:
        """Name, size and alignment of what a C declaration declares."""
        if function := re.match(r"mortise_status \(\*(\w+)\)", declaration):
            return function[1], 8, 8
        if union := re.fullmatch(r"union \{.*\} (\w+)", declaration):
            return union[1], 8, 8
        if pointer := re.fullmatch(r"[\w ]+\* (\w+)", declaration):
            return pointer[1], 8, 8
        if array := re.fullmatch(r"char (\w+)\[(\d+)\]", declaration):
            return array[1], int(array[2]), 1
        plain = re.fullmatch(r"(\w+) (\w+)", declaration)
        if not plain or plain[1] not in known:
            raise Problem(f"{where}: {declaration!r} has no frozen layout")
        return plain[2], *known[plain[1]]

    def field(self, row: str, where: str) -> Field:
        parts = row.split(None, 2)
        if len(parts) < 3:
            raise Problem(f"{where}: {row!r} is not: name type words")
        spelled, _, since = parts[1].partition("@")
        name = check_name(parts[0], where)
        kind = parse_type(spelled, self.structs, f"{where}: {row!r}")
        return Field(name, kind, release(since, where) if since else self.since, parts[2])

    def struct(self, name: str, body: dict) -> Struct:
        where = f"{self.file}.{check_name(name, self.file)}"
        fields = [self.field(row, where) for row in rows(body["fields"])]
        cursor = 4  # behind `size`
        for field in fields:
            if field.type.shape not in {"scalar", "text", "value"}:
                raise Problem(f"{where}: a {field.type.shape} cannot be a field")
            size = field_size(field.type)
            if cursor % min(size, 8):
                raise Problem(f"{where}: a hole of 4 bytes before {field.name}; put a u32 there")
            field.offset, cursor = cursor, cursor + size
        if cursor % 8:
            raise Problem(f"{where}: a hole of 4 bytes at the end; put a u32 there")
        self.check_names([f.name for f in fields], where)
        self.check_bands(fields, where)
        later = [f.offset for f in fields if f.since > self.since]
        if any(offset % 8 for offset in later[:1]):
            raise Problem(f"{where}: the first release must end at a multiple of 8 bytes")
        return Struct(name, self.doc(body, where), fields, cursor, later[0] if later else cursor)

    def function(self, name: str, body: dict) -> Function:
        where = f"{self.file}.{check_name(name, self.file)}"
        if unknown := sorted(body.keys() - {"since", "thread", "doc", "args", "errors", "owner"}):
            raise Problem(f"{where}: unknown entry {unknown[0]!r}")
        threads = body.get("thread", "").split()
        if not threads or not set(threads) <= set(THREADS) or ("any" in threads and len(threads) > 1):
            raise Problem(f"{where}: thread is `any`, or some of {' '.join(THREADS[:-1])}")
        if self.spec["side"] == "plugin" and len(threads) != 1:
            raise Problem(f"{where}: the host calls a plugin's function from one kind of thread")
        arguments = [self.field(row, where) for row in rows(body["args"])]
        if any("@" in row.split()[1] for row in rows(body["args"])):
            raise Problem(f"{where}: a function never gets another argument; describe a new function")
        self.check_names([p for a in arguments for p in ([a.name, a.name + "_count"] if a.type.shape == "span" else [a.name])],
                         where)
        errors = [tuple((row.split(None, 1) + [""])[:2]) for row in rows(body.get("errors", ""))]
        for code, words in errors:
            if code not in self.codes or not words:
                raise Problem(f"{where}: {code} is not a status code with words")
        return Function(name, self.doc(body, where), release(body.get("since", ""), where), threads, arguments, errors,
                        text(body.get("owner", "")))

    def check_bands(self, members: list, where: str) -> None:
        for before, after in zip(members, members[1:]):
            if after.since < before.since:
                raise Problem(f"{self.file}: {where} grows only at its end: {after.name} ({spell_release(after.since)}) "
                              f"stands behind {before.name} ({spell_release(before.since)})")
        if members and members[0].since < self.since:
            raise Problem(f"{self.file}: {members[0].name} is older than its interface")

    @staticmethod
    def check_names(names: list[str], where: str) -> None:
        if len(set(names)) != len(names):
            raise Problem(f"{where}: a name stands twice")


ORDER = ["error", "value", "root", "log", "clock", "time", "records", "query", "events", "commands", "settings", "secrets",
         "jobs", "plugin"]


def load(folder: pathlib.Path) -> list[Interface]:
    """Reads every description of a folder. Known ones keep the order of ORDER; others follow by name, plugin last."""
    specs: dict[pathlib.Path, dict] = {}
    for path in sorted(folder.glob("*.toml"), key=lambda p: (p.stem == "plugin", ORDER.index(p.stem) if p.stem in ORDER else len(ORDER), p.stem)):
        try:
            specs[path] = tomllib.loads(path.read_text())
        except tomllib.TOMLDecodeError as problem:
            raise Problem(f"{path.name}: {problem}") from None
    structs: dict[str, str] = {}
    for path, spec in specs.items():
        for name in spec.get("struct", {}):
            if name in structs:
                raise Problem(f"{path.stem}: {structs[name]} has a struct {name} already")
            structs[name] = path.stem
    codes = {row.split()[0].upper() for spec in specs.values() for row in rows(spec.get("enum", {}).get("code", {}).get("values", ""))}
    interfaces = [Reader(path, spec, set(structs), codes).read() for path, spec in specs.items()]
    for interface in interfaces:
        used = {a.type.inner for f in interface.functions for a in f.arguments if a.type.shape == "struct" or a.type.is_struct_span}
        owners = {structs[name] for name in used} - {interface.file}
        interface.uses = interface.uses + [i.file for i in interfaces if i.file in owners]
    return interfaces
