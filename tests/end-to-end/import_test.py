"""Imports that go wrong in the ways that imports go wrong."""

import csv
import json
import os
import pty
import random
import re
import signal
import subprocess
import time

from support import PATIENCE, PROGRAM, FolderTest, Serving, main

COUNTS = ("read", "created", "updated", "skipped", "refused")


class ImportTest(FolderTest):
    def write_bytes(self, name, data):
        path = self.folder.root / name
        path.write_bytes(data)
        return path

    def take(self, *arguments, code=0):
        """Runs an import; read is always the sum of the others."""
        answer = self.folder.run("--json", "import", *arguments)
        self.assertEqual(answer.code, code, answer.err + answer.out)
        result = answer.json()
        self.assertEqual(result["read"], sum(result[name] for name in COUNTS[1:]), result)
        return result

    def counts(self, result):
        return tuple(result[name] for name in COUNTS)

    def names(self):
        return sorted(r["name"] for r in self.folder.json("contacts", "list", "--all"))

    def parents(self):
        """name -> the name of its organisation"""
        contacts = self.folder.json("contacts", "list", "--all")
        by_id = {r["id"]: r["name"] for r in contacts}
        return {r["name"]: by_id.get(r.get("organisation")) for r in contacts}

    def mapping(self, **more):
        columns = {"name": "name", "parent": {"field": "organisation", "ref": {"type": "contact", "by": "name"}}}
        return self.folder.write("map.json", json.dumps({"type": "contact", "columns": columns, **more}))


class Dialects(ImportTest):
    WANTED = ["Ada; the \"first\"", "Zoë Müller", "two\nlines"]

    def check(self, data, *arguments):
        self.take(self.write_bytes("a.csv", data), *arguments)
        self.assertEqual(self.names(), self.WANTED)

    def rows(self, separator=",", quote='"', end="\n"):
        quoted = [quote + name.replace(quote, quote * 2) + quote for name in self.WANTED]
        lines = [f"name{separator}kind{separator}tags", *(f"{name}{separator}person{separator}a" for name in quoted)]
        return end.join(lines) + end

    def test_commas(self):
        self.check(self.rows().encode())

    def test_semicolons_and_windows_line_ends(self):
        self.check(self.rows(";", end="\r\n").encode())

    def test_tabs(self):
        self.check(self.rows("\t").encode())

    def test_bars(self):
        self.check(self.rows("|").encode())

    def test_what_excel_says_of_the_separator(self):
        self.check(("sep=;\r\n" + self.rows(";", end="\r\n")).encode())

    def test_utf8_with_a_mark(self):
        self.check(self.rows().encode("utf-8-sig"))

    def test_utf16(self):
        self.check(self.rows("\t").encode("utf-16"))  # with a byte order mark

    def test_utf16_without_a_mark(self):
        self.check(self.rows(";").encode("utf-16-le"))

    def test_windows_1252(self):
        self.check(self.rows(";").encode("windows-1252"))

    def test_ragged_rows_and_columns_of_one_name(self):
        path = self.folder.write("a.csv", "name,kind,name,note\nAda,person,second,n\nshort\nEve,person,x,n,too,many\nFay,person,x,n,,\n")
        result = self.take(path, code=3)
        self.assertEqual(self.counts(result), (4, 3, 0, 0, 1))
        self.assertEqual(self.names(), ["Ada", "Fay", "short"])
        told = self.folder.run("import", path, "--dry-run").err
        self.assertIn("name", told)
        self.assertRegex(told, r"line 4")

    def test_a_quote_that_is_never_closed_loses_one_row(self):
        path = self.folder.write("a.csv", 'name,kind\nAda,person\n"Eve,person\nFay,person\n')
        self.assertEqual(self.counts(self.take(path, code=3)), (3, 2, 0, 0, 1))
        self.assertEqual(self.names(), ["Ada", "Fay"])

    def test_what_is_no_table_is_refused_and_changes_nothing(self):
        for data in (b"", b"\n\n", b"\x00\x01\x02", b"\x89PNG\r\n\x1a\n" + bytes(range(256)), b"colour,size\nred,3\n"):
            answer = self.folder.run("--json", "import", self.write_bytes("a.csv", data))
            self.assertEqual(answer.code, 1, data)
            self.assertEqual(answer.out, "")
            self.assertTrue(answer.error()["message"])
        self.assertEqual(self.names(), [])


class Modes(ImportTest):
    def setUp(self):
        super().setUp()
        self.take(self.folder.write("a.csv", "name,email,note\nAda,ada@example.com,old\nEve,eve@example.com,old\n"))
        self.path = self.folder.write("b.csv", "name,email,note\nAda King,ADA@example.com,new\nFay,fay@example.com,new\n")

    def test_create_refuses_what_is_there(self):
        result = self.take(self.path, "--match", "email", code=3)
        self.assertEqual(self.counts(result), (2, 1, 0, 0, 1))
        self.assertEqual(self.names(), ["Ada", "Eve", "Fay"])

    def test_update_skips_what_is_not(self):
        self.assertEqual(self.counts(self.take(self.path, "--mode", "update", "--match", "email")), (2, 0, 1, 1, 0))
        self.assertEqual(self.names(), ["Ada King", "Eve"])

    def test_upsert_does_both(self):
        self.assertEqual(self.counts(self.take(self.path, "--mode", "upsert", "--match", "email")), (2, 1, 1, 0, 0))
        self.assertEqual(self.names(), ["Ada King", "Eve", "Fay"])

    def test_skip_leaves_what_is_there(self):
        self.assertEqual(self.counts(self.take(self.path, "--mode", "skip", "--match", "email")), (2, 1, 0, 1, 0))
        self.assertEqual(self.names(), ["Ada", "Eve", "Fay"])

    def test_a_dry_run_tells_the_same_and_writes_nothing(self):
        for mode in ("update", "upsert", "skip"):
            events = self.folder.json("status")["database"]["events"]
            dry = self.take(self.path, "--mode", mode, "--match", "email", "--dry-run")
            self.assertEqual(self.folder.json("status")["database"]["events"], events)
            self.assertIsNone(dry["import"])
            done = self.take(self.path, "--mode", mode, "--match", "email")
            self.assertEqual(self.counts(dry), self.counts(done))
            self.folder.json("--yes", "undo", done["import"])
            self.assertEqual(self.names(), ["Ada", "Eve"])

    def test_a_dry_run_knows_rows_that_are_the_same(self):
        path = self.folder.write("c.csv", "name,email\nA,a@example.com\nB,b@example.com\nA2,a@example.com\n")
        for mode, counts in (("upsert", (3, 2, 1, 0, 0)), ("skip", (3, 2, 0, 1, 0))):
            self.assertEqual(self.counts(self.take(path, "--mode", mode, "--match", "email", "--dry-run")), counts)

    def test_modes_need_to_know_what_makes_a_row_the_same(self):
        answer = self.folder.run("--json", "import", self.path, "--mode", "upsert")
        self.assertEqual(answer.code, 1)
        self.assertIn("--match", answer.error()["hint"])

    def test_undo_takes_updates_back(self):
        result = self.take(self.path, "--mode", "upsert", "--match", "email")
        self.folder.json("--yes", "undo", result["import"])
        self.assertEqual(self.names(), ["Ada", "Eve"])
        notes = {r["name"]: r["note"] for r in self.folder.json("contacts", "list", "--all")}
        self.assertEqual(notes, {"Ada": "old", "Eve": "old"})
        again = self.folder.run("--json", "--yes", "undo", result["import"])
        self.assertEqual(again.code, 1)
        self.assertIn("undone", again.error()["message"])


class Undo(ImportTest):
    def setUp(self):
        super().setUp()
        self.result = self.take(self.folder.write("a.csv", "name,note\nAda,a\nEve,e\n"))
        self.ids = {r["name"]: r["id"] for r in self.folder.json("contacts", "list", "--all")}
        self.folder.json("contacts", "update", self.ids["Ada"], '{"note": "changed since"}')

    def test_lists_what_stands_in_the_way_and_does_nothing(self):
        answer = self.folder.run("--json", "--yes", "undo", self.result["import"])
        self.assertEqual(answer.code, 1)
        error = answer.error()
        self.assertEqual(error["code"], "conflict")
        self.assertEqual([item["id"] for item in error["details"]], [self.ids["Ada"]])
        self.assertEqual(self.names(), ["Ada", "Eve"])
        told = self.folder.run("--yes", "undo", self.result["import"]).err
        self.assertIn(f"contact {self.ids['Ada']}", told)
        self.assertIn("--force", told)

    def test_forced_takes_back_the_rest(self):
        outcome = self.folder.json("--yes", "undo", self.result["import"], "--force")
        self.assertEqual(len(outcome["conflicts"]), 1)
        self.assertEqual(self.names(), ["Ada"])

    def test_names_what_left_the_house(self):
        made = self.folder.json("contacts", "create", '{"name": "Fay"}')
        outcome = self.folder.json("--yes", "undo", made["transaction"], "--kind", "transaction")
        self.assertEqual((outcome["records"], outcome["external"]), (1, []))

    def test_is_refused_without_a_yes(self):
        answer = self.folder.run("undo", self.result["import"])
        self.assertEqual(answer.code, 1)
        self.assertIn("--yes", answer.err)
        self.assertEqual(self.folder.run("--yes", "undo", "999999").code, 1)


class Mending(ImportTest):
    def test_refused_rows_can_be_mended_and_imported(self):
        for separator, name in ((";", "semicolons"), ("\t", "tabs"), (",", "commas")):
            with self.subTest(name):
                rows = [["Full name", "kind", "note"], [f"{name} 1", "person", "fine"], [f"{name}, \"2\"", "robot", "a;b\nc,d\te"]]
                path = self.folder.root / f"{name}.csv"
                with open(path, "w", newline="", encoding="utf-8") as file:
                    csv.writer(file, delimiter=separator).writerows(rows)
                errors = self.folder.root / "errors.csv"
                self.assertEqual(self.counts(self.take(path, "--errors", errors, code=3)), (2, 1, 0, 0, 1))
                errors.write_bytes(errors.read_bytes().replace(b"robot", b"person"))
                self.assertEqual(self.counts(self.take(errors)), (1, 1, 0, 0, 0))
                self.assertIn(f"{name}, \"2\"", self.names())
        notes = {r["note"] for r in self.folder.json("contacts", "list", "--all")}
        self.assertEqual(notes, {"fine", "a;b\nc,d\te"})

    def test_of_json_lines_and_cards_too(self):
        path = self.folder.write("a.jsonl", '{"name": "Ada"}\n{"name": "Eve", "kind": "robot"}\nnothing\n')
        errors = self.folder.root / "errors.jsonl"
        self.assertEqual(self.counts(self.take(path, "--errors", errors, code=3)), (3, 1, 0, 0, 2))
        self.assertEqual(sorted(errors.read_text().splitlines()), ["nothing", '{"name": "Eve", "kind": "robot"}'])
        errors.write_text(errors.read_text().replace("robot", "person").replace("nothing", '{"name": "Fay"}'))
        self.assertEqual(self.counts(self.take(errors)), (2, 2, 0, 0, 0))
        long = "x" * 600
        path = self.folder.write("a.vcf", f"BEGIN:VCARD\nVERSION:3.0\nFN:Gil\nEND:VCARD\nBEGIN:VCARD\nVERSION:3.0\nFN:{long}\nEND:VCARD\n")
        errors = self.folder.root / "errors.vcf"
        self.assertEqual(self.counts(self.take(path, "--errors", errors, code=3)), (2, 1, 0, 0, 1))
        errors.write_text(errors.read_text().replace(long, "Hal"))
        self.assertEqual(self.counts(self.take(errors)), (1, 1, 0, 0, 0))
        self.assertEqual(self.names(), ["Ada", "Eve", "Fay", "Gil", "Hal"])


class LaterRows(ImportTest):
    """Rows that name rows which come later in the file."""

    def tree(self, count=1500):
        """Each row names the one at twice its place, so that nearly all look ahead; the leaves name the first."""
        rows = [(f"n{i}", f"n{2 * i}" if 2 * i <= count else "n1" if i != 1 else "") for i in range(1, count + 1)]
        return "name,parent\n" + "".join(f"{name},{parent}\n" for name, parent in rows), dict(rows)

    def check_tree(self, expected):
        self.assertEqual({n: p for n, p in self.parents().items() if p}, {n: p for n, p in expected.items() if p})

    def test_are_found_when_missing_ones_are_left(self):
        text, expected = self.tree()
        mapping = self.mapping(on_missing_ref="leave")
        path = self.folder.write("a.csv", text + "lost,nobody\n")
        dry = self.take(path, "--map", mapping, "--dry-run")
        result = self.take(path, "--map", mapping)
        self.assertEqual((dry["created"], dry["left"]), (result["created"], result["left"]))
        self.assertEqual((result["created"], result["left"]), (1501, 1))
        self.check_tree(expected)
        self.folder.json("--yes", "undo", result["import"])
        self.assertEqual(self.names(), [])

    def test_are_waited_for_when_missing_ones_are_refused(self):
        rows = [("c", "b"), ("b", "a"), ("orphan", "nobody"), ("d", "c"), ("a", "top"), ("of orphan", "orphan"), ("top", "")]
        path = self.folder.write("a.csv", "name,parent\n" + "".join(f"{n},{p}\n" for n, p in rows))
        errors = self.folder.root / "errors.csv"
        dry = self.take(path, "--map", self.mapping(), "--dry-run", code=3)
        result = self.take(path, "--map", self.mapping(), "--errors", errors, code=3)
        self.assertEqual(self.counts(result), (7, 5, 0, 0, 2))
        self.assertGreaterEqual(dry["refused"], 1)
        self.assertEqual(self.parents(), {"a": "top", "b": "a", "c": "b", "d": "c", "top": None})
        self.assertEqual([line.split(",")[0] for line in errors.read_text().splitlines()[1:]], ["orphan", "of orphan"])

    def test_that_name_each_other_in_a_circle_are_told(self):
        path = self.folder.write("a.csv", "name,parent\na,b\nb,a\nc,\n")
        answer = self.folder.run("import", path, "--map", self.mapping())
        self.assertEqual(answer.code, 3)
        self.assertEqual(self.names(), ["c"])
        path = self.folder.write("b.csv", "name,parent\nd,e\ne,d\n")
        self.take(path, "--map", self.mapping(on_missing_ref="leave"))
        self.assertEqual(self.parents()["d"], "e")
        self.assertEqual(self.parents()["e"], "d")

    def test_are_found_through_a_running_host(self):
        text, expected = self.tree(600)
        with Serving(self.folder):
            self.take(self.folder.write("a.csv", text), "--map", self.mapping(on_missing_ref="leave"))
            self.check_tree(expected)


class Killed(ImportTest):
    """An import whose process is killed, and one that goes on with it."""

    def run_killed(self, *arguments, after):
        process = subprocess.Popen(
            [PROGRAM, "--data", str(self.folder.data), "import", *map(str, arguments)], stdout=subprocess.PIPE, stderr=subprocess.PIPE
        )
        try:
            process.communicate(timeout=after)
            return True
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGKILL)
            process.communicate(timeout=PATIENCE)
            return False

    def last_import(self):
        imports = self.folder.json("records", "import", "list", "--all")
        return max(imports, key=lambda record: int(record["id"]), default=None)

    def test_goes_on_without_losing_or_doubling_a_row(self):
        count = 6000
        rows = []
        for i in range(1, count + 1):
            parent = f"n{2 * i}" if 2 * i <= count else ""
            rows.append((f"n{i}", parent, "robot" if i % 97 == 5 else "person"))
        refused = {name for name, _, kind in rows if kind == "robot"}
        expected = {n: p if p and p not in refused else None for n, p, k in rows if k == "person"}
        path = self.folder.write("a.csv", "name,parent,kind\n" + "".join(",".join(row) + "\n" for row in rows))
        columns = {"name": "name", "kind": "kind",
                   "parent": {"field": "organisation", "ref": {"type": "contact", "by": "name"}}}
        mapping = self.folder.write("map.json", json.dumps({"columns": columns, "on_missing_ref": "leave"}))
        errors = self.folder.root / "errors.csv"
        generator = random.Random(5)
        kills = 0
        resume = []
        arguments = [path, "--map", mapping, "--errors", errors]
        # Ever later: a quiet machine is done in a tenth of a second, a busy one needs long to begin.
        ended_itself = False
        while not ended_itself:
            ended_itself = self.run_killed(*arguments, *resume, after=generator.uniform(0.01, 0.06) + 0.02 * kills)
            if ended_itself:
                break
            kills += 1
            self.assertLess(kills, 200)
            last = self.last_import()
            if last:
                if last["state"] == "done":
                    break
                resume = ["--resume", last["id"]]
        last = self.last_import()
        self.assertEqual(last["state"], "done")
        self.assertGreater(kills, 0)
        self.assertEqual(self.parents(), expected)
        self.assertEqual(len(self.folder.json("contacts", "list", "--all")), len(expected), "none twice")
        told = {name: last[name] for name in COUNTS}
        self.assertEqual(told, {"read": count, "created": len(expected), "updated": 0, "skipped": 0, "refused": len(refused)})
        if ended_itself:  # otherwise it was killed after its last row, before its file of errors had its name
            with open(errors, newline="", encoding="utf-8") as file:
                self.assertEqual({row["name"] for row in csv.DictReader(file)}, refused)
        self.folder.json("--yes", "undo", last["id"])
        self.assertEqual(self.names(), [])

    def test_an_interrupt_says_how_to_go_on(self):
        path = self.folder.write("a.csv", "name\n" + "".join(f"n{i}\n" for i in range(60_000)))
        process = subprocess.Popen([PROGRAM, "--data", str(self.folder.data), "import", str(path)],
                                   stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        while not (self.folder.data / "mortise.db-wal").exists() or (self.folder.data / "mortise.db-wal").stat().st_size < 500_000:
            self.assertIsNone(process.poll())
            time.sleep(0.01)
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=PATIENCE)
        self.assertEqual(process.returncode, 1)
        found = re.search(r"--resume (\d+)", err)
        self.assertTrue(found, err)
        self.take(path, "--resume", found.group(1))
        self.assertEqual(len(self.folder.json("contacts", "list", "--all")), 60_000)
        again = self.folder.run("--json", "import", path, "--resume", found.group(1))
        self.assertEqual(again.code, 1)
        self.assertIn("done", again.error()["message"])


class Terminal(ImportTest):
    def test_shows_how_far_it_is(self):
        path = self.folder.write("a.csv", "name\n" + "".join(f"n{i}\n" for i in range(20_000)))
        ours, theirs = pty.openpty()
        process = subprocess.Popen([PROGRAM, "--data", str(self.folder.data), "import", str(path)], stdout=subprocess.PIPE, stderr=theirs)
        os.close(theirs)
        shown = b""
        while True:
            try:
                part = os.read(ours, 65536)
            except OSError:
                break
            if not part:
                break
            shown += part
        os.close(ours)
        out, _ = process.communicate(timeout=PATIENCE)
        self.assertEqual(process.returncode, 0)
        self.assertRegex(shown.decode(), r"\[#+\.*\] \d+ %  \d+ rows, \d+ a second, \d+:\d\d left")
        self.assertTrue(shown.endswith(b"\x1b[K"), "the line is taken away")
        self.assertIn(b"created 20000", out)
        quiet = self.folder.run("import", path)
        self.assertEqual(quiet.err, "")


if __name__ == "__main__":
    main()
