"""Verbs that go to a running host."""

import fcntl
import json
import os
import pathlib
import signal
import socket
import subprocess
import tempfile
import threading
import unittest

from support import PATIENCE, PROGRAM, FolderTest, Serving, main


class Serve(FolderTest):
    def test_answers_verbs_over_its_socket(self):
        with Serving(self.folder) as host:
            status = self.folder.json("status")
            self.assertEqual(status["host"]["pid"], host.process.pid)
            made = self.folder.json("contacts", "create", '{"kind":"organisation","name":"Acme"}')
            self.assertEqual(self.folder.json("query", "SELECT name FROM contact"), [{"name": "Acme"}])
            self.assertEqual(self.folder.json("contacts", "show", made["id"])["name"], "Acme")
            self.assertEqual(self.folder.run("contacts", "show", "1").code, 1)
            self.assertEqual(host.stop(), 0)
        self.assertFalse((self.folder.data / "control.sock").exists())
        self.assertEqual(self.folder.json("contacts", "show", made["id"])["name"], "Acme")

    def test_imports_a_file_that_the_client_has(self):
        path = self.folder.write("people.csv", "name,kind\n" + "".join(f"Org {i},organisation\n" for i in range(3000)))
        with Serving(self.folder):
            result = self.folder.json("import", path)
            self.assertEqual(result["created"], 3000)
            rows = self.folder.json("query", "SELECT name FROM contact")
            self.assertEqual(len(rows), 3000)

    def test_stops_on_an_interrupt(self):
        with Serving(self.folder) as host:
            self.assertEqual(host.stop(signal.SIGINT), 0)

    def test_keeps_a_second_host_out(self):
        with Serving(self.folder) as host:
            second = self.folder.run("--json", "serve")
            self.assertEqual(second.code, 5)
            self.assertIn(str(host.process.pid), second.error()["message"])
            self.assertIn("kill", second.error()["hint"])

    def test_waits_for_a_command_that_has_the_folder(self):
        with open(self.folder.data / "lease", "r+", encoding="utf-8") as lease:
            fcntl.flock(lease, fcntl.LOCK_EX)
            lease.truncate()
            lease.write(json.dumps({"pid": os.getpid(), "since": "2026-01-01T00:00:00Z", "socket": ""}))
            lease.flush()
            release = threading.Timer(1, fcntl.flock, (lease, fcntl.LOCK_UN))
            release.start()
            with Serving(self.folder) as host:
                self.assertTrue(host.ready_line.startswith("ready"))
            release.join()

    def test_comes_back_after_it_was_killed(self):
        with Serving(self.folder) as host:
            self.folder.json("contacts", "create", '{"kind":"organisation","name":"Acme"}')
            host.process.kill()
            host.process.wait(PATIENCE)
        self.assertTrue((self.folder.data / "control.sock").exists())
        self.assertEqual(len(self.folder.json("contacts", "list")), 1)  # directly
        with Serving(self.folder):
            self.assertEqual(len(self.folder.json("contacts", "list")), 1)

    def test_listens_where_it_is_told(self):
        path = self.folder.root / "elsewhere.sock"
        with Serving(self.folder, "--socket", path):
            self.assertTrue(path.is_socket())
            self.assertEqual(self.folder.json("status")["host"]["socket"], str(path))

    def test_tells_the_service_manager(self):
        path = str(self.folder.root / "notify")
        manager = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.addCleanup(manager.close)
        manager.bind(path)
        manager.settimeout(PATIENCE)
        with Serving(self.folder, environment={"NOTIFY_SOCKET": path}) as host:
            self.assertIn(b"READY=1", manager.recv(4096))
            host.stop()
            self.assertIn(b"STOPPING=1", manager.recv(4096))

    def test_shows_events_as_they_happen(self):
        with Serving(self.folder):
            tail = subprocess.Popen(
                [PROGRAM, "--data", str(self.folder.data), "--json", "events", "tail", "--since", "0", "--type", "contact.*"],
                stdout=subprocess.PIPE, text=True,
            )
            self.addCleanup(tail.stdout.close)
            seen = []
            done = threading.Event()

            def read():
                for line in tail.stdout:
                    seen.append(json.loads(line))
                    if len(seen) == 3:
                        done.set()

            reader = threading.Thread(target=read)
            reader.start()
            while not done.wait(0.2):  # the first ones may come before it follows
                self.folder.json("contacts", "create", '{"kind":"organisation","name":"Acme"}')
            tail.send_signal(signal.SIGINT)
            self.assertEqual(tail.wait(PATIENCE), 0)
            reader.join(PATIENCE)
            self.assertEqual({e["type"] for e in seen}, {"contact.created"})

    def test_ends_the_tail_when_the_host_goes(self):
        with Serving(self.folder) as host:
            tail = subprocess.Popen(
                [PROGRAM, "--data", str(self.folder.data), "events", "tail"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
            )
            self.addCleanup(tail.stdout.close)
            seen = threading.Event()

            def read():
                for _ in tail.stdout:
                    seen.set()

            reader = threading.Thread(target=read)
            reader.start()
            while not seen.wait(0.2):  # until it follows this host; one that starts later follows the folder itself
                self.folder.json("contacts", "create", '{"kind":"organisation","name":"Acme"}')
            host.stop()
            self.assertIn(tail.wait(PATIENCE), (0, 5))
            reader.join(PATIENCE)


class TwoCommandsAtOnce(FolderTest):
    def test_wait_for_each_other(self):
        command = [PROGRAM, "--data", str(self.folder.data), "--json", "contacts", "create", '{"kind":"organisation","name":"x"}']
        running = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(4)]
        ids = {json.loads(process.communicate(timeout=PATIENCE)[0])["id"] for process in running}
        self.assertEqual([process.returncode for process in running], [0] * 4)
        self.assertEqual(len(ids), 4)


if __name__ == "__main__":
    main()
