#!/usr/bin/env python3
"""Compares today's contract with what each kept release promised, and keeps a new release.

    promises.py                check: exit status 1 if a plugin of a kept release would break, with what breaks whom
    promises.py --keep 0.2     keep what release 0.2 promises (once, when it goes out)

A kept release lies in tests/abi/releases/RELEASE: promise.json, the descriptions of its stable interfaces, and
binary.abi, their binary form as libabigail sees it. The second finds what the first cannot: what the compiler makes of
the headers. It is compared without suppressions; needs abidw and abidiff (package abigail-tools) and a C compiler
(environment: CC), and is left out with a note where they are missing.
"""

import argparse
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

from generator import c_header, model, release
from generator.types import Problem

ABIDW = ["abidw", "--no-show-locs", "--no-corpus-path", "--no-comp-dir-path"]


def build_probe(root: pathlib.Path, interfaces: list[model.Interface], promise: dict, folder: pathlib.Path) -> pathlib.Path:
    """A library that has every promised type in its debugging information, as that release sees them."""
    target = model.release(promise["release"], "promise.json")
    headers = folder / "include/mortise/abi"
    headers.mkdir(parents=True)
    for name in ("macros.h", "version.h"):
        shutil.copy(root / "sdk/include/mortise/abi" / name, headers)
    for interface in interfaces:
        (headers / f"{interface.file}.h").write_text(c_header.header(interface))
    (headers / "mortise.h").write_text(c_header.umbrella(interfaces))
    (folder / "probe.c").write_text(release.probe(promise))
    library = folder / "probe.so"
    command = [os.environ.get("CC", "cc"), "-std=c11", "-g", "-O0", "-fPIC", "-shared", f"-DMORTISE_ABI_TARGET={target}",
               "-Iinclude", "-o", library.name, "probe.c"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode:
        raise Problem(f"the headers do not compile at release {target}:\n{done.stderr}")
    return library


def binary_differences(root: pathlib.Path, interfaces: list[model.Interface], promise: dict, kept: pathlib.Path) -> str:
    """What libabigail finds; empty if nothing."""
    with tempfile.TemporaryDirectory(prefix="mortise-abi-") as name:
        try:
            library = build_probe(root, interfaces, promise, pathlib.Path(name))
        except Problem as problem:
            return str(problem)
        done = subprocess.run(["abidiff", "--harmless", str(kept), str(library)], capture_output=True, text=True, check=False)
        return done.stdout + done.stderr if done.returncode else ""


def keep(root: pathlib.Path, interfaces: list[model.Interface], spelled: str) -> None:
    target = model.release(spelled, "--keep")
    folder = root / "tests/abi/releases" / spelled
    folder.mkdir(parents=True, exist_ok=True)
    promise = release.promised(interfaces, target)
    (folder / "promise.json").write_text(release.text(promise))
    with tempfile.TemporaryDirectory(prefix="mortise-abi-") as name:
        library = build_probe(root, interfaces, promise, pathlib.Path(name))
        subprocess.run([*ABIDW, "--out-file", str(folder / "binary.abi"), library.name], cwd=name, check=True)
    print(f"kept {folder.relative_to(root)}")


def check(root: pathlib.Path, interfaces: list[model.Interface]) -> list[str]:
    releases = sorted((root / "tests/abi/releases").glob("*/promise.json"))
    if not releases:
        return ["no release is kept in tests/abi/releases"]
    has_tools = shutil.which("abidiff") is not None
    if not has_tools:
        print("abidiff is not installed (package abigail-tools): the binary form was not compared")
    broken = []
    for path in releases:
        promise = json.loads(path.read_text())
        broken += release.broken_promises(promise, interfaces)
        if has_tools and (found := binary_differences(root, interfaces, promise, path.parent / "binary.abi")):
            broken.append(f"the binary form of release {promise['release']} changed:\n{found}")
    return broken


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--root", type=pathlib.Path, default=pathlib.Path(__file__).resolve().parents[2], help="root of the tree")
    parser.add_argument("--interfaces", type=pathlib.Path, help="the descriptions (default: ROOT/sdk/interfaces)")
    parser.add_argument("--keep", metavar="RELEASE", help="keep what this release promises")
    options = parser.parse_args()
    try:
        interfaces = model.load(options.interfaces or options.root / "sdk/interfaces")
        if options.keep:
            keep(options.root, interfaces, options.keep)
            return 0
        broken = check(options.root, interfaces)
    except Problem as problem:
        broken = [str(problem)]
    if broken:
        print(*broken, sep="\n", file=sys.stderr)
    return bool(broken)


if __name__ == "__main__":
    sys.exit(main())
