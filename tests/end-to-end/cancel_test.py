"""Who asked for a report or a live count stops it: by the control API's call.cancel, or by going away."""

import json
import signal
import socket
import subprocess
import time

from support import PATIENCE, PROGRAM, FolderTest, Serving, main

PEOPLE = 12000
SOON = 0.25  # seconds: the promise
UNDER_WAY = 0.6  # seconds after which a call is at work for certain

# All people work for the same organisation, so two joins pair each of them with each: far beyond the test's patience.
SLOW_REPORT = {
    "source": "contact", "rows": ["kind"], "measures": [{"as": "pairs", "of": "count"}],
    "joins": [{"as": "one", "type": "contact", "by": "organisation"},
              {"as": "other", "type": "contact", "by": "organisation"}],
    "filters": [{"field": "one.name", "is": "contains", "value": "son"},
                {"field": "other.name", "is": "contains", "value": "per"}],
}
QUICK_REPORT = {"source": "contact", "rows": ["kind"]}
SLOW_COUNT = {
    "any": [{"any": [{"field": "organisation.name", "is": "contains", "value": f"zz{i}"} for i in range(j, j + 60)]} for j in (0, 60, 120)]
}


class Client:
    """One connection of the control API."""

    def __init__(self, path):
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.socket.settimeout(PATIENCE)
        self.socket.connect(str(path))
        self.lines = self.socket.makefile("r", encoding="utf-8")
        self.last = 0

    def send(self, method, **params):
        self.last += 1
        message = {"jsonrpc": "2.0", "id": self.last, "method": method, "params": params}
        self.socket.sendall((json.dumps(message) + "\n").encode())
        return self.last

    def answer(self, number):
        for line in self.lines:
            message = json.loads(line)
            if message.get("id") == number:
                return message
        raise AssertionError("the host has closed the connection")

    def start(self, command, definition):
        return self.send("commands.call", name=command, arguments={"definition": definition})

    def call(self, command, definition):
        return self.answer(self.start(command, definition))

    def close(self):
        self.lines.close()
        self.socket.close()


class Cancelling(FolderTest):
    def setUp(self):
        super().setUp()
        for plugin in ("reporting", "segmentation"):
            self.assertEqual(self.folder.run("plugins", "enable", "mortise." + plugin).code, 0)
        acme = self.folder.json("contacts", "create", '{"kind":"organisation","name":"Acme"}')["id"]
        people = "".join(
            json.dumps({"kind": "person", "name": f"Person {i}", "organisation": acme}) + "\n" for i in range(PEOPLE)
        )
        self.folder.json("import", self.folder.write("people.jsonl", people))
        self.host = self.enterContext(Serving(self.folder))
        self.client = self.connect()
        for command, definition in (("reporting.run", QUICK_REPORT), ("segmentation.preview", {"all": []})):
            self.assertIn("result", self.client.call(command, definition))  # it is there and awake

    def connect(self):
        client = Client(self.folder.data / "control.sock")
        self.addCleanup(client.close)
        return client

    def assert_soon(self, began, what):
        took = time.monotonic() - began
        print(f"{what}: {took * 1000:.0f} ms")
        self.assertLess(took, SOON, what)

    def test_a_report_ends_when_it_is_cancelled(self):
        report = self.client.start("reporting.run", SLOW_REPORT)
        time.sleep(UNDER_WAY)
        began = time.monotonic()
        self.client.send("call.cancel", call=report)
        error = self.client.answer(report)["error"]
        self.assert_soon(began, "the cancelled report answers")
        self.assertEqual(error["data"]["code"], "cancelled", error)
        self.assertIn("cancelled", error["message"])
        self.assertIn("result", self.client.call("reporting.run", QUICK_REPORT))
        self.assert_soon(began, "and the next report has its figures")

    def test_a_live_count_makes_room_for_the_next(self):
        count = self.client.start("segmentation.preview", SLOW_COUNT)
        time.sleep(UNDER_WAY)
        began = time.monotonic()
        self.client.send("call.cancel", call=count)
        self.assertEqual(self.client.answer(count)["error"]["data"]["code"], "cancelled")
        after = self.client.call("segmentation.preview", {"field": "kind", "is": "eq", "value": "person"})
        self.assert_soon(began, "the next count is there")
        self.assertEqual(after["result"]["count"], PEOPLE)

    def test_what_waits_for_its_turn_is_given_up_at_once(self):
        report = self.client.start("reporting.run", SLOW_REPORT)
        time.sleep(UNDER_WAY)
        other = self.connect()
        waiting = other.start("reporting.run", QUICK_REPORT)
        time.sleep(0.1)
        began = time.monotonic()
        other.send("call.cancel", call=waiting)
        self.assertEqual(other.answer(waiting)["error"]["data"]["code"], "cancelled")
        self.assert_soon(began, "a report that waited answers")
        self.client.send("call.cancel", call=report)
        self.assertIn("error", self.client.answer(report))

    def test_a_client_that_goes_takes_its_report_along(self):
        other = self.connect()
        other.start("reporting.run", SLOW_REPORT)
        time.sleep(UNDER_WAY)
        began = time.monotonic()
        other.close()
        self.assertIn("result", self.client.call("reporting.run", QUICK_REPORT))
        self.assert_soon(began, "after the client has gone the next report has its figures")

    def test_a_file_that_the_clock_makes_ends_when_its_job_is_cancelled(self):
        def call(command, **arguments):
            return self.folder.json("call", command, json.dumps(arguments))

        report = call("reporting.create_report", name="Slow", definition=QUICK_REPORT)["report"]
        call("reporting.create_schedule", name="Daily", report="Slow", rule="0 0 1 1 *", format="csv")
        self.folder.json("records", "report", "update", report, json.dumps({"definition": SLOW_REPORT}))
        call("reporting.run_schedule", schedule="Daily")

        def making():
            return next(job for job in self.client.answer(self.client.send("jobs.list"))["result"]["jobs"] if job["name"] == "reporting.make")

        end = time.monotonic() + PATIENCE
        while making()["state"] != "running":
            self.assertLess(time.monotonic(), end)
        time.sleep(UNDER_WAY)
        job = making()
        self.assertEqual(job["state"], "running", job)
        began = time.monotonic()
        self.client.answer(self.client.send("jobs.cancel", id=job["id"]))
        while making()["state"] == "running":
            self.assertLess(time.monotonic(), end)
        self.assert_soon(began, "the cancelled job has ended")
        self.assertEqual(making()["state"], "cancelled", making())

    def test_an_interrupted_command_line_stops_its_report(self):
        process = subprocess.Popen(
            [PROGRAM, "--data", str(self.folder.data), "call", "reporting.run", json.dumps({"definition": SLOW_REPORT})],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        )
        time.sleep(2 * UNDER_WAY)
        self.assertIsNone(process.poll(), "it is still at it")
        began = time.monotonic()
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=PATIENCE)
        self.assertIn("result", self.client.call("reporting.run", QUICK_REPORT))
        self.assert_soon(began, "after Ctrl-C the next report has its figures")


if __name__ == "__main__":
    main()
