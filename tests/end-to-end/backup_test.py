"""Backups: taken while the host works, put back, and never half."""

import json
import random
import shutil
import signal
import subprocess
import threading
import time
from pathlib import Path

from support import PATIENCE, PROGRAM, FolderTest, Serving, main


class BackupTest(FolderTest):
    def setUp(self):
        super().setUp()
        self.file = self.folder.root / "house.backup"
        self.other = self.folder.root / "other"

    def fill(self, count, name="n"):
        path = self.folder.write(f"{name}.csv", "name,note\n" + "".join(f"{name}{i},{'x' * 200}\n" for i in range(count)))
        self.folder.json("import", path)

    def in_folder(self, data, *arguments):
        """Runs a verb on another data folder."""
        done = subprocess.run([PROGRAM, "--data", str(data), "--json", *map(str, arguments)], capture_output=True, text=True, timeout=PATIENCE, check=False)
        return done.returncode, json.loads(done.stdout or "null"), json.loads(done.stderr)["error"] if done.returncode else None

    def count(self, data):
        code, rows, error = self.in_folder(data, "query", "SELECT count(id) AS n FROM contact")
        self.assertEqual(code, 0, error)
        return rows[0]["n"]

    def left_over(self):
        return sorted(p.name for p in self.folder.root.iterdir() if p.name not in ("data", "n.csv"))


class RoundTrip(BackupTest):
    def test_gives_everything_back(self):
        self.fill(1200)
        self.folder.json("events", "publish", "call.made", '{"minutes": 5}')
        before = self.folder.json("contacts", "list", "--all")
        events = self.folder.json("events", "list", "--limit", 5000)
        told = self.folder.json("backup", self.file)
        self.assertEqual(told["about"]["records"]["contact"], 1200)
        self.assertTrue(all(check["wrong"] == 0 for check in told["checks"]))
        self.assertEqual(self.left_over(), ["house.backup"])
        code, restored, error = self.in_folder(self.other, "restore", self.file)
        self.assertEqual(code, 0, error)
        self.assertEqual((restored["incarnation"], restored["kept"]), (2, None))
        self.assertEqual(self.in_folder(self.other, "contacts", "list", "--all")[1], before)
        again = self.in_folder(self.other, "events", "list", "--limit", 5000)[1]
        self.assertEqual([e["data"] for e in again], [e["data"] for e in events])
        self.assertNotEqual(again[0]["source"], events[0]["source"], "another incarnation")
        self.assertEqual(self.in_folder(self.other, "verify")[0], 0)
        self.assertEqual(self.in_folder(self.other, "contacts", "create", '{"name": "New"}')[0], 0)

    def test_is_taken_of_a_host_at_work(self):
        self.fill(2000)
        with Serving(self.folder):
            stop = threading.Event()
            failed = []

            def write():
                number = 0
                while not stop.is_set():
                    answer = self.folder.run("contacts", "create", json.dumps({"name": f"w{number}"}))
                    number += 1
                    if answer.code != 0:
                        failed.append(answer.err)

            writer = threading.Thread(target=write)
            writer.start()
            try:
                for _ in range(3):
                    self.folder.json("--yes", "backup", self.file)
                    self.assertEqual(self.folder.run("verify", self.file).code, 0)
                self.assertTrue(self.folder.json("verify")["ok"])
            finally:
                stop.set()
                writer.join(PATIENCE)
            self.assertEqual(failed, [])
        self.assertEqual(self.in_folder(self.other, "restore", self.file)[0], 0)
        self.assertGreaterEqual(self.count(self.other), 2000)

    def test_over_data_keeps_it_aside(self):
        self.fill(10)
        self.folder.json("backup", self.file)
        self.folder.json("contacts", "create", '{"name": "later"}')
        refused = self.folder.run("--json", "restore", self.file)
        self.assertEqual(refused.code, 1)
        self.assertIn("--yes", refused.error()["hint"])
        self.assertEqual(self.count(self.folder.data), 11)
        restored = self.folder.json("--yes", "restore", self.file)
        self.assertEqual(self.count(self.folder.data), 10)
        self.assertEqual(self.count(restored["kept"]), 11)

    def test_waits_for_no_host(self):
        self.folder.json("backup", self.file)
        with Serving(self.folder) as host:
            answer = self.folder.run("--json", "--yes", "restore", self.file)
            self.assertEqual(answer.code, 5)
            self.assertIn(str(host.process.pid), answer.error()["message"])
            self.assertEqual(self.folder.run("status").code, 0)


class Planned(BackupTest):
    """Backups that the host makes by itself."""

    def setUp(self):
        super().setUp()
        self.disk = self.folder.root / "disk"
        self.disk.mkdir()

    def refused(self, *arguments):
        answer = self.folder.run("--json", *arguments)
        self.assertNotEqual(answer.code, 0, answer.out)
        return answer.error()

    def made(self):
        return self.folder.json("backups", "list")["backups"]

    def test_are_made_listed_and_restored(self):
        self.fill(20)
        self.assertIn("there is no plan", self.folder.run("backups", "list").out)
        self.folder.json("backups", "plan", self.disk, "--keep-last", 1, "--keep-daily", 0, "--keep-weekly", 0, "--keep-monthly", 0)
        first = self.folder.json("backups", "now")["result"]["file"]
        with Serving(self.folder):
            self.folder.json("contacts", "create", '{"name": "Later"}')
            time.sleep(1.1)  # names are of a second
            told = self.folder.run("backups", "now").out
            self.assertIn("and checked it", told)
            self.assertIn("old ones taken away: 1", told)
        (only,) = self.made()
        self.assertNotEqual(only["file"], first)
        self.assertEqual({p.name for p in self.disk.iterdir()}, {"erasures.ledger", Path(only["file"]).name})
        code, _, error = self.in_folder(self.other, "restore", only["file"])
        self.assertEqual(code, 0, error)
        self.assertEqual(self.count(self.other), 21)
        self.folder.json("backups", "off")
        self.assertEqual(self.refused("backups", "now")["key"], "backup.no_plan")
        self.assertEqual(len(self.made()), 1)

    def test_a_host_makes_the_first_by_itself(self):
        self.fill(20)
        self.folder.json("backups", "plan", self.disk, "--every-hours", 5)
        with Serving(self.folder):
            until = time.monotonic() + 90
            while not self.made() and time.monotonic() < until:
                time.sleep(1)
            self.assertEqual(len(self.made()), 1)
            self.assertEqual(self.folder.json("status")["warnings"], [])

    def test_what_fails_is_a_warning_of_the_status(self):
        key = self.folder.write("house.key", "k" * 32)
        self.folder.json("backups", "plan", self.disk, "--key-file", key)
        self.folder.json("backups", "now")
        self.assertTrue(self.made()[0]["encrypted"])
        shutil.rmtree(self.disk)
        error = self.refused("backups", "now")
        self.assertEqual(error["key"], "backup.failed")
        self.assertIn("is no folder", error["message"])
        (warning,) = self.folder.json("status")["warnings"]
        self.assertIn("is no folder", warning)
        self.assertIn("the last was made at", warning)
        self.assertFalse(self.disk.exists())
        self.assertFalse(self.made()[0]["is_there"])

    def test_is_for_who_sees_everything(self):
        self.folder.json("users", "add", "paul", "--scope", "own")
        self.assertEqual(self.refused("--user", "paul", "backups", "list")["code"], "denied")
        self.assertEqual(self.refused("--user", "paul", "backups", "plan", self.disk)["code"], "denied")


class Refused(BackupTest):
    def test_what_is_no_backup(self):
        self.fill(50)
        self.folder.json("backup", self.file)
        whole = self.file.read_bytes()
        bad = self.folder.root / "bad"
        generator = random.Random(3)
        wrong = [b"", b"hello", whole[:-1], whole[: len(whole) // 2], whole[1:], whole + b"x", (self.folder.data / "mortise.db").read_bytes()]
        for _ in range(40):
            turned = bytearray(whole)
            turned[generator.randrange(len(whole))] ^= 1 << generator.randrange(8)
            wrong.append(bytes(turned))
        for data in wrong:
            bad.write_bytes(data)
            for verb in ("verify", "restore"):
                code, out, error = self.in_folder(self.other, verb, bad)
                self.assertEqual((code, out), (1, None))
                self.assertIn(error["code"], ("invalid", "unsupported"))
                self.assertIn(str(bad), error["message"])
                self.assertTrue(error["hint"])
            self.assertFalse(self.other.exists())
        self.assertEqual(self.in_folder(self.other, "restore", self.folder.root / "none")[2]["code"], "not_found")
        self.assertEqual(self.in_folder(self.other, "verify", self.folder.root)[0], 1)

    def test_places_where_nothing_can_be(self):
        for place in (self.folder.root / "no" / "b", self.folder.root, "/proc/b"):
            answer = self.folder.run("--json", "backup", place)
            self.assertEqual(answer.code, 1, place)
            self.assertTrue(answer.error()["message"])
        self.file.write_text("precious")
        answer = self.folder.run("--json", "backup", self.file)
        self.assertEqual((answer.code, answer.error()["code"]), (1, "exists"))
        self.assertEqual(self.file.read_text(), "precious")
        self.assertEqual(self.left_over(), ["house.backup"])
        self.assertEqual(self.folder.run("backup").code, 2)

    def test_those_who_may_not_see_everything(self):
        self.folder.json("users", "add", "anna", "--scope", "own")
        for verb in (["backup", self.file], ["verify"]):
            answer = self.folder.run("--json", "--user", "anna", *verb)
            self.assertEqual((answer.code, answer.error()["code"]), (4, "denied"))
        self.assertFalse(self.file.exists())


class Verify(BackupTest):
    def test_finds_damage(self):
        self.fill(3000)
        told = self.folder.json("verify")
        self.assertTrue(told["ok"])
        self.assertEqual({c["name"] for c in told["checks"]}, {"pages", "references", "history", "event numbers", "events", "files"})
        self.assertIn("all well", self.folder.run("verify").out)
        data = bytearray((self.folder.data / "mortise.db").read_bytes())
        for at in range(len(data) // 2, len(data) // 2 + 20_000):
            data[at] ^= 0x55
        (self.folder.data / "mortise.db").write_bytes(data)
        answer = self.folder.run("--json", "verify")
        self.assertEqual(answer.code, 1)
        if answer.out:
            self.assertFalse(answer.json()["ok"])
        self.assertEqual(self.folder.run("backup", self.file).code, 1)
        self.assertFalse(self.file.exists())


class Killed(BackupTest):
    def run_killed(self, *arguments, after):
        process = subprocess.Popen([PROGRAM, "--data", str(self.folder.data), *map(str, arguments)],
                                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            process.wait(timeout=after)
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGKILL)
            process.wait(PATIENCE)

    def test_backups_are_whole_or_not_there(self):
        self.fill(3000)
        generator = random.Random(1)
        seen = 0
        for _ in range(25):
            self.run_killed("--yes", "backup", self.file, after=generator.uniform(0.01, 0.5))
            if self.file.exists():
                seen += 1
                self.assertEqual(self.folder.run("verify", self.file).code, 0)
        self.folder.json("--yes", "backup", self.file)
        self.assertEqual(self.left_over(), ["house.backup"])
        self.assertTrue(self.folder.json("verify")["ok"])

    def test_restores_are_done_or_not_begun(self):
        self.fill(2000)
        self.folder.json("backup", self.file)
        self.folder.json("contacts", "create", '{"name": "later"}')
        generator = random.Random(2)
        for _ in range(25):
            self.run_killed("--yes", "restore", self.file, after=generator.uniform(0.01, 0.5))
            self.assertIn(self.count(self.folder.data), (2000, 2001))
            self.assertTrue(self.folder.json("verify")["ok"])
        restored = self.folder.json("--yes", "restore", self.file)
        self.assertEqual(self.count(self.folder.data), 2000)
        # What was there before is somewhere, and can be opened.
        kept = [p for p in self.folder.root.iterdir() if p.name.startswith("data.")]
        self.assertIn(2001, [self.count(p) for p in kept if (p / "mortise.db").exists()])
        self.assertFalse((self.folder.root / "data.restoring").exists())
        shutil.rmtree(restored["kept"])


if __name__ == "__main__":
    main()
