"""The page "Your first plugin", typed as it stands: each command is run with what is installed, and prints what the page says.

A block marked `text` that begins with `$ ` is a session: lines behind `$ ` are typed, the others are what comes. `...` stands for
lines that the page leaves out. What differs from run to run (times, sizes, widths of columns) is not compared.
"""

import contextlib
import fcntl
import os
import pty
import re
import struct
import subprocess
import termios
import threading
import time
import unittest

from installed import Installed
from support import SOURCE

PAGE = SOURCE / "docs/guides/your-first-plugin.md"
PATIENCE = 240
STAYS = ("mortise serve", "mortise-sdk dev")  # run on until they are ended

VARYING = (
    (r"\d{4}-\d\d-\d\dT[\d:.]+Z", "TIME"),
    (r"\d+(\.\d+)? s(ec)?\b", "SECONDS"),
    (r"\d+ (bytes|unpacked)", "BYTES"),
    (r"\b[0-9a-f]{64}\b", "DIGEST"),
    (r"─+", "─"),
    (r"\.{4,}", "...."),
    (r"[ \t]+", " "),
)


def sessions(page):
    """Gets (heading, commands) of each session, and of each command what it is said to print."""
    heading, found = "", []
    for part in re.finditer(r"^## ([^\n]*)$|^```text\n(.*?)^```$", page, re.M | re.S):
        if part[1]:
            heading = part[1]
            continue
        if not part[2].startswith("$ "):
            continue  # what something says elsewhere
        commands = []
        for line in part[2].splitlines():
            if line.startswith("$ "):
                commands.append((line[2:], []))
            else:
                commands[-1][1].append(line)
        found.append((heading, commands))
    return found


class Program:
    """A program on a terminal of its own, 160 columns wide."""

    def __init__(self, command, **options):
        master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 50, 160, 0, 0))
        self.command, self.text = command, ""
        self.process = subprocess.Popen(f"exec {command}" if command.startswith(STAYS) else command, shell=True,
                                        stdin=subprocess.DEVNULL, stdout=slave, stderr=slave, **options)  # fmt: skip
        os.close(slave)
        self._reader = threading.Thread(target=self._read, args=(master,), daemon=True)
        self._reader.start()

    def _read(self, master):
        with open(master, "rb", buffering=0) as stream, contextlib.suppress(OSError):  # how a terminal ends
            while part := stream.read(4096):
                self.text += part.decode(errors="replace").replace("\r\n", "\n")

    def wait(self):
        """Gets all that it printed."""
        self.process.wait(PATIENCE)
        self._reader.join(PATIENCE)
        return self.text

    def wait_for(self, fits):
        end = time.monotonic() + PATIENCE
        while not fits(self.text):
            if time.monotonic() > end or self.process.poll() is not None:
                raise AssertionError(f"$ {self.command}\nprinted:\n{self.text}")
            time.sleep(0.05)

    def end(self):
        self.process.terminate()
        self.wait()


class FirstPlugin(Installed):
    def setUp(self):
        self.home = self.folder / "you"
        self.home.mkdir()
        self.place = self.home
        self.variables = {**self.environment, "HOME": str(self.home), "TERM": "dumb", "NO_COLOR": "1"}
        self.running = {}
        self.addCleanup(self.end)

    def end(self):
        while self.running:
            self.running.popitem()[1].end()

    def comparable(self, text):
        text = text.replace(str(self.home), "/home/you")
        for pattern, word in VARYING:
            text = re.sub(pattern, word, text)
        return [line.strip() for line in text.splitlines() if line.strip()]

    def fits(self, printed, said):
        """Whether the lines are those of the page, where `...` stands for any."""
        lines, said = self.comparable(printed), self.comparable("\n".join(said))
        pattern = "".join("(?:.*\n)*?" if line == "..." else re.escape(line) + "\n" for line in said)
        return re.fullmatch(pattern, "".join(line + "\n" for line in lines)) is not None

    def type_in(self, command, said):
        if command.startswith("cd "):
            self.place = self.place / command.removeprefix("cd ")
        elif command.startswith("export "):
            name, value = command.removeprefix("export ").split("=", 1)
            self.variables[name] = value.replace("$HOME", str(self.home))
        else:
            program = Program(command, cwd=self.place, env=self.variables)
            if command.startswith(STAYS):
                self.running[command] = program
                program.wait_for(lambda text: self.fits(text, said))
            elif not self.fits(printed := program.wait(), said):
                self.fail(f"$ {command}\nprints\n{printed}\nand the page says\n" + "\n".join(said))

    def change_the_greeting(self):
        """What the page has people do by hand before the session of step 4."""
        program = self.running["mortise-sdk dev ."]
        before = program.text.count("reloaded")
        source = self.place / "src/greeting.cpp"
        text = source.read_text()
        self.assertIn('", "', text)
        source.write_text(text.replace('", "', '", dear "'))
        program.wait_for(lambda text: text.count("reloaded") > before)
        return source, text

    def test_every_command_prints_what_the_page_says(self):
        mended = None
        for heading, commands in sessions(PAGE.read_text()):
            if heading.startswith("4."):
                mended = self.change_the_greeting()
            if heading.startswith("5.") and self.running:
                self.end()
                source, text = mended
                source.write_text(text)
                self.run_tool("cmake", "--build", "build/dev", cwd=self.place)
            for command, said in commands:
                with self.subTest(command):
                    self.type_in(command, said)
        self.assertIsNotNone(mended, "the page has no step 4")


if __name__ == "__main__":
    unittest.main()
