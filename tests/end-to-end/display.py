"""A display without a screen (Xvfb), and a hand on its mouse and keys (XTEST)."""

import os
import shutil
import struct
import subprocess
import zlib

try:
    from Xlib import X, XK, display as xdisplay
    from Xlib.ext import xtest
except ImportError:
    X = None

NAMES = {" ": "space", "/": "slash", ".": "period", "-": "minus", "?": "question", "_": "underscore"}


def missing():
    """What has to be installed; empty if everything is there."""
    if X is None:
        return "python3-xlib"
    return "" if shutil.which("Xvfb") else "xvfb"


class Display:
    """Xvfb with a number of its own choice, up when this is made."""

    def __init__(self, width=1440, height=900):
        reading, writing = os.pipe()
        self.process = subprocess.Popen(
            ["Xvfb", "-displayfd", str(writing), "-screen", "0", f"{width}x{height}x24", "-noreset",
             "-nolisten", "tcp", "+extension", "GLX"],
            pass_fds=[writing], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )
        os.close(writing)
        with os.fdopen(reading) as pipe:
            number = pipe.readline().strip()
        if not number:
            raise AssertionError(f"Xvfb ended with {self.process.wait()}")
        self.name = ":" + number
        self.x = xdisplay.Display(self.name)
        self.root = self.x.screen().root

    def close(self):
        self.x.close()
        self.process.terminate()
        self.process.wait(30)

    def move(self, x, y):
        xtest.fake_input(self.x, X.MotionNotify, x=int(x), y=int(y))
        self.x.sync()

    def button(self, down):
        xtest.fake_input(self.x, X.ButtonPress if down else X.ButtonRelease, 1)
        self.x.sync()

    def click(self, x, y):
        self.move(x, y)
        self.button(True)
        self.button(False)

    def drag(self, start, end, steps=12):
        self.move(*start)
        self.button(True)
        for step in range(1, steps + 1):
            share = step / steps
            self.move(start[0] + (end[0] - start[0]) * share, start[1] + (end[1] - start[1]) * share)
        self.button(False)

    def key(self, name, *held):
        """Presses a key by its X name, with others held: key("k", "Control_L")."""
        codes = [self.x.keysym_to_keycode(XK.string_to_keysym(one)) for one in [*held, name]]
        for code in codes:
            xtest.fake_input(self.x, X.KeyPress, code)
        for code in reversed(codes):
            xtest.fake_input(self.x, X.KeyRelease, code)
        self.x.sync()

    def type(self, text):
        for letter in text:
            shift = ["Shift_L"] if letter.isupper() or letter in "?_" else []
            self.key(NAMES.get(letter, letter.lower()), *shift)

    def screenshot(self, path):
        """What the display shows, as a PNG file."""
        size = self.root.get_geometry()
        raw = self.root.get_image(0, 0, size.width, size.height, X.ZPixmap, 0xFFFFFFFF).data
        lines = bytearray()
        for y in range(size.height):
            row = raw[y * size.width * 4:(y + 1) * size.width * 4]
            rgb = bytearray(size.width * 3)
            rgb[0::3], rgb[1::3], rgb[2::3] = row[2::4], row[1::4], row[0::4]
            lines += b"\0" + rgb

        def chunk(kind, data):
            return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

        head = struct.pack(">IIBBBBB", size.width, size.height, 8, 2, 0, 0, 0)
        with open(path, "wb") as file:
            file.write(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(bytes(lines), 6))
                       + chunk(b"IEND", b""))
