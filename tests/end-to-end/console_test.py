"""The admin console in a real window: real OpenGL, mouse and keys through the X server, a real host, real plugins."""

import json
import os
import queue
import subprocess
import sys
import tempfile
import threading
import time
import unittest

import display as screens
from support import PATIENCE, Folder, Serving, main

CONSOLE = os.environ.get("MORTISE_CONSOLE", "mortise-console")
PICTURES = os.environ.get("MORTISE_SMOKE_PICTURES")  # a folder that takes pictures of each step


class Console:
    """A window of the console. What each frame shows comes through a pipe, so waiting is waiting for a frame."""

    def __init__(self, display, *arguments):
        self.display = display
        reading, writing = os.pipe()
        # Software OpenGL, and no sharing of the test's keyboard with an input method.
        environment = {**os.environ, "DISPLAY": display.name, "LIBGL_ALWAYS_SOFTWARE": "1", "XMODIFIERS": "@im=none"}
        environment.pop("WAYLAND_DISPLAY", None)
        self.errors = tempfile.TemporaryFile("w+")
        self.process = subprocess.Popen(
            [CONSOLE, "--seen", f"/dev/fd/{writing}", *map(str, arguments)],
            pass_fds=[writing], env=environment, stderr=self.errors,
        )
        os.close(writing)
        self.frames = queue.Queue()
        self.frame = {"place": "", "seen": []}
        self.reader = threading.Thread(target=self._read, args=[reading])
        self.reader.start()

    def _read(self, reading):
        with os.fdopen(reading, encoding="utf-8") as pipe:
            for line in pipe:
                self.frames.put(json.loads(line))
        self.frames.put(None)

    def wait(self, what, holds):
        """Takes frames until one is as wanted, and gives what `holds` gave for it."""
        deadline = time.monotonic() + PATIENCE
        while True:
            while not self.frames.empty():
                self._take(self.frames.get(), what)
            if found := holds(self.frame):
                return found
            try:
                self._take(self.frames.get(timeout=max(deadline - time.monotonic(), 0.001)), what)
            except queue.Empty:
                texts = [one["text"] for one in self.frame["seen"]]
                raise AssertionError(f"waited in vain for {what}; at {self.frame['place']}, seen: {texts}") from None

    def _take(self, frame, what):
        if frame is None:
            self.errors.seek(0)
            raise AssertionError(f"the console ended while waiting for {what}: {self.errors.read()}")
        self.frame = frame

    def wait_text(self, text):
        return self.wait(repr(text), lambda frame: [one for one in frame["seen"] if text in one["text"]])

    def wait_gone(self, text):
        self.wait(f"no {text!r}", lambda frame: all(text not in one["text"] for one in frame["seen"]))

    def wait_place(self, place):
        self.wait(f"the screen {place}", lambda frame: frame["place"].startswith(place))

    def middle(self, name, control=True):
        def find(frame):
            for one in frame["seen"]:
                if one["text"].startswith(name) and (not control or one.get("control")) and one.get("enabled", True):
                    x0, y0, x1, y1 = one["box"]
                    return (x0 + x1) / 2, (y0 + y1) / 2
            return None
        return self.wait(f"a control {name!r}", find)

    def click(self, name, control=True):
        self.display.click(*self.middle(name, control))

    def key(self, name, *held):
        self.display.key(name, *held)

    def type(self, text):
        self.display.type(text)

    def picture(self, name):
        if PICTURES:
            self.display.screenshot(os.path.join(PICTURES, name + ".png"))

    def close(self):
        if self.process.poll() is None:
            self.process.terminate()
        self.process.wait(PATIENCE)
        self.reader.join(PATIENCE)
        self.errors.close()


class Window(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.display = screens.Display()
        cls.addClassCleanup(cls.display.close)

    def setUp(self):
        self.folder = Folder()
        self.addCleanup(self.folder.close)
        for plugin in ("mortise.pipelines", "mortise.segmentation"):
            self.assertEqual(self.folder.run("plugins", "enable", plugin).code, 0)
        self.assertEqual(self.folder.run("demo").code, 0)
        self.host = Serving(self.folder)
        self.host.__enter__()
        self.addCleanup(lambda: self.host.__exit__())

    def open(self, screen):
        console = Console(self.display, "--data", self.folder.data, "--screen", screen)
        self.addCleanup(console.close)
        console.wait_place(screen)
        return console

    def rows(self, sql):
        return self.folder.json("query", sql)

    def enabled(self):
        return {one["id"] for one in self.folder.json("plugins", "list") if one["enabled"]}

    def test_searches_and_edits(self):
        people = self.rows("SELECT id, name FROM contact WHERE kind = 'person' ORDER BY id LIMIT 100")
        # Of letters that the display's keyboard has.
        person = next(one for one in people if one["name"].isascii() and one["name"].replace(" ", "").isalpha())
        console = self.open("list/contact")
        console.wait_text("1,200 contacts")
        console.picture("contacts")
        console.key("slash")
        console.type(person["name"].lower())
        console.wait_text("hidden by the filter")
        console.picture("search")
        console.key("Escape")
        console.key("k", "Control_L")
        console.wait_text("Enter opens")
        console.type(person["name"].lower())
        console.wait(person["name"] + " in the palette", lambda frame: any(
            one.get("control") and one["text"] == person["name"] and one["box"][1] < 180 for one in frame["seen"])
            and any(one["text"] == person["name"].lower() for one in frame["seen"]))
        console.picture("palette")
        console.key("Return")
        console.wait_place("record/contact/")
        record = console.frame["place"].rsplit("/", 1)[1]
        console.wait_text("Timeline")
        console.picture("record")
        console.key("k", "Control_L")
        console.wait_text("Enter opens")
        console.type("edit job title")
        console.wait_text("Edit Job title")
        console.key("Return")
        console.wait_gone("Enter opens")
        console.key("a", "Control_L")
        console.type("Head of Windows")
        console.key("Return")
        console.wait_text("Head of Windows")
        console.wait_text("Undo")
        self.assertEqual(
            self.rows(f"SELECT job_title FROM contact WHERE id = {record}"), [{"job_title": "Head of Windows"}])
        console.picture("edited")
        console.key("z", "Control_L")
        console.wait_text("Undone")
        self.assertNotEqual(
            self.rows(f"SELECT job_title FROM contact WHERE id = {record}"), [{"job_title": "Head of Windows"}])

    def test_drags_a_deal_on_the_board(self):
        console = self.open("view/pipelines.board")
        stages = self.rows("SELECT id, name FROM stage ORDER BY position")
        first, second = stages[0], stages[1]
        lane = console.wait_text(second["name"])[0]["box"]
        home = console.wait_text(first["name"])[0]["box"]

        def first_card(frame):
            for one in frame["seen"]:
                x0, y0, x1, _ = one["box"]
                if one.get("control") and y0 > home[3] + 8 and x0 < home[2] and x1 > home[0] and x1 < lane[0]:
                    return one
            return None

        card = console.wait("a card in the first lane", first_card)
        console.picture("board")
        before = self.rows(f"SELECT count(*) AS n FROM opportunity WHERE stage = {second['id']}")[0]["n"]
        x0, y0, x1, y1 = card["box"]
        start = ((x0 + x1) / 2, (y0 + y1) / 2)
        self.display.drag(start, ((lane[0] + lane[2]) / 2, start[1] + 60))
        console.wait_text("moved to " + second["name"])
        console.picture("dragged")
        after = self.rows(f"SELECT count(*) AS n FROM opportunity WHERE stage = {second['id']}")[0]["n"]
        self.assertEqual(after, before + 1)

    def test_disables_a_plugin_and_enables_it_again(self):
        console = self.open("plugins")
        before = self.enabled()
        console.wait_text("Segmentation")
        console.click("Segmentation", control=False)
        console.click("Disable")
        console.wait_text("Leave it")
        console.picture("disable")
        console.click("Disable Segmentation")
        console.middle("Enable")
        self.assertEqual(self.enabled(), before - {"mortise.segmentation"})
        console.picture("disabled")
        console.click("Enable")
        console.wait_text("Segmentation is on")
        self.assertEqual(self.enabled(), before)
        console.picture("enabled")

    def test_outlives_its_host_and_sees_it_return(self):
        console = self.open("list/contact")
        console.wait_text("1,200 contacts")
        self.host.process.kill()
        self.host.process.communicate(timeout=PATIENCE)
        console.wait_text("Host away")
        console.picture("away")
        self.host = Serving(self.folder)
        self.host.__enter__()
        console.wait_gone("Host away")
        self.folder.json("contacts", "create", '{"kind": "organisation", "name": "Back Again Ltd"}')
        console.wait_text("1,201 contacts")
        console.picture("back")
        self.assertIsNone(console.process.poll())


if __name__ == "__main__":
    if lacking := screens.missing():
        print(f"skipped: {lacking} is not installed")
        sys.exit(77)
    main()
