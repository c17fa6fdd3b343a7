"""Measures the console in a real window over a real host, and prints a table. Run by hand, with a release build:

    MORTISE_PROGRAM=build/release/bin/mortise MORTISE_CONSOLE=build/release/bin/mortise-console \\
        /usr/bin/python3 tests/end-to-end/console_figures.py [CONTACTS]

CONTACTS more are imported first; 0 if not given. Times are from the key or the click, through the X server, to the
frame that shows the answer."""

import os
import statistics
import sys
import time

import display as screens
from console_test import Console
from support import Folder, Serving

ROUNDS = 7


def milliseconds(seconds):
    return f"{seconds * 1000:.0f} ms"


def timed(console, action, what, holds):
    start = time.perf_counter()
    action()
    console.wait(what, holds)
    return time.perf_counter() - start


def has(text):
    return lambda frame: any(text in one["text"] for one in frame["seen"])


def lacks(text):
    return lambda frame: all(text not in one["text"] for one in frame["seen"])


def processor_seconds(pid):
    with open(f"/proc/{pid}/stat", encoding="ascii") as file:
        fields = file.read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def memory(pid):
    values = {}
    with open(f"/proc/{pid}/status", encoding="ascii") as file:
        for line in file:
            name, _, rest = line.partition(":")
            if name in ("VmRSS", "RssAnon"):
                values[name] = int(rest.split()[0]) / 1024
    return values


def row(name, times):
    print(f"| {name} | {milliseconds(statistics.median(times))} | {milliseconds(max(times))} |", flush=True)


def measure(display, folder, count):
    shown = f"{count:,} contacts"
    starts = []
    for _ in range(3):
        begin = time.perf_counter()
        console = Console(display, "--data", folder.data, "--screen", "list/contact")
        console.wait(shown, lambda frame: has(shown)(frame) and has("@")(frame))
        starts.append(time.perf_counter() - begin)
        if len(starts) < 3:
            console.close()
    print("| what | median | most |\n|---|---|---|")
    row("start of the process to contacts that can be read", starts)
    # The program rests for a while; what it then takes is what it takes idle.
    idle_seconds = 20
    settle = time.monotonic() + 3
    while time.monotonic() < settle:
        time.sleep(0.1)
    before, begin = processor_seconds(console.process.pid), time.monotonic()
    time.sleep(idle_seconds)
    spent = processor_seconds(console.process.pid) - before
    idle = 100 * spent / (time.monotonic() - begin)

    opens, palettes, searches = [], [], []
    for _ in range(ROUNDS):
        palettes.append(timed(console, lambda: console.key("k", "Control_L"), "the palette", has("Enter opens")))
        console.key("Escape")
        console.wait_gone("Enter opens")
        opens.append(timed(console, lambda: console.key("Return"), "the record",
                           lambda frame: frame["place"].startswith("record/") and has("Timeline")(frame)
                           and lacks("Loading the record")(frame)))
        console.key("w", "Control_L")
        console.wait_place("list/contact")
        console.key("slash")
        searches.append(timed(console, lambda: console.type("z"), "what is found",
                              lambda frame: has("hidden by the filter")(frame) and has("@")(frame)))
        console.key("BackSpace")
        console.wait_gone("hidden by the filter")
        console.key("Escape")
    row("open the palette", palettes)
    row("open a record from the list", opens)
    row("search at a key, to the first rows", searches)
    boards = []
    for _ in range(3):
        boards.append(timed(console, lambda: console.click("Pipeline"), "the board",
                            lambda frame: frame["place"].startswith("view/") and has("Prospecting")(frame)
                            and sum("EUR" in one["text"] for one in frame["seen"]) > 8))
        console.key("w", "Control_L")
        console.wait_place("list/contact")
    row("open the board of 400 deals", boards)
    used = memory(console.process.pid)
    print(f"\nidle: {idle:.2f} % of a core over {idle_seconds} s; memory: {used['VmRSS']:.0f} MiB resident, of "
          f"which {used['RssAnon']:.0f} MiB its own")
    console.close()


def main():
    if lacking := screens.missing():
        sys.exit(f"{lacking} is not installed")
    extra = int(sys.argv[1]) if len(sys.argv) > 1 else 0
    folder = Folder()
    display = screens.Display()
    try:
        folder.run("plugins", "enable", "mortise.pipelines")
        folder.run("demo")
        if extra:
            path = folder.write("more.csv", "name,kind,email\n" + "".join(
                f"Person {i},person,p{i}@example.org\n" for i in range(extra)))
            folder.run("import", path)
        with Serving(folder):
            measure(display, folder, 1200 + extra)
    finally:
        display.close()
        folder.close()


if __name__ == "__main__":
    main()
