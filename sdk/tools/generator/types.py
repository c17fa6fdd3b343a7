"""The types that can cross a process border, how C spells them, and how large they are."""

from __future__ import annotations

import dataclasses

SCALARS = {"u32": ("uint32_t", 4), "i32": ("int32_t", 4), "u64": ("uint64_t", 8), "i64": ("int64_t", 8),
           "f64": ("double", 8)}
FAT = {"text": "mortise_text", "value": "mortise_tree"}  # by value, 16 bytes, 8-aligned
SPANS_OF_SCALARS = {"u64", "i64", "f64"}

# Only frozen structs are described by C declarations; these are the types that they may use.
FROZEN_SIZES = {"uint8_t": 1, "uint16_t": 2, "uint32_t": 4, "int32_t": 4, "uint64_t": 8, "int64_t": 8,
                "mortise_status": 4, "mortise_self": 8}


class Problem(Exception):
    """A description that is wrong; the text says where and what."""


@dataclasses.dataclass(frozen=True)
class Type:
    """One of: scalar, text, value, span, struct, sink, out."""
    shape: str
    inner: str = ""  # scalar: its name; span: a scalar or a struct; struct: its name; out: a scalar
    optional: bool = False

    @property
    def is_struct_span(self) -> bool:
        return self.shape == "span" and self.inner not in SCALARS


def parse_type(spelling: str, structs: set[str], where: str) -> Type:
    """Reads a type; `structs` are the names of all described structs."""
    optional = spelling.endswith("?")
    shape, _, rest = spelling.removesuffix("?").partition("<")
    inner = rest.removesuffix(">")
    well_formed = rest.endswith(">") if rest else "<" not in spelling
    found = None
    if well_formed and not inner:
        if shape in SCALARS and not optional:
            found = Type("scalar", shape)
        elif shape in structs:
            found = Type("struct", shape, optional)
        elif shape == "text" and not optional:
            found = Type("text")
        elif shape == "value":
            found = Type("value", "", optional)
    elif well_formed:
        if shape == "span" and inner in SPANS_OF_SCALARS | structs and not optional:
            found = Type("span", inner)
        elif shape == "sink" and inner == "value":
            found = Type("sink", "value", optional)
        elif shape == "out" and inner in SCALARS:
            found = Type("out", inner, optional)
    if found is None:
        raise Problem(f"{where}: a {spelling} cannot cross a process border")
    return found


def c_parameters(name: str, kind: Type) -> list[tuple[str, str]]:
    """The C parameters, (type, name), of one argument."""
    if kind.shape == "scalar":
        return [(SCALARS[kind.inner][0], name)]
    if kind.shape in FAT:
        return [(FAT[kind.shape], name)]
    if kind.shape == "sink":
        return [("mortise_sink", name)]
    if kind.shape == "out":
        return [(SCALARS[kind.inner][0] + "*", name)]
    if kind.shape == "struct":
        return [(f"const mortise_{kind.inner}*", name)]
    item = SCALARS[kind.inner][0] if kind.inner in SCALARS else f"mortise_{kind.inner}"
    return [(f"const {item}*", name), ("uint64_t", f"{name}_count")]


def field_size(kind: Type) -> int:
    """Bytes of a field of a growing struct. Its alignment is 4 or 8: min(size, 8)."""
    return SCALARS[kind.inner][1] if kind.shape == "scalar" else 16
