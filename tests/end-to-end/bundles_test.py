#!/usr/bin/env python3
"""Bundles with the real program and the plugins that are shipped: what a plan says, all or nothing, back again, the same elsewhere;
and processes that are killed in the middle of applying and taking back."""

import json
import os
import pathlib
import random
import shutil
import signal
import subprocess
import time

from support import PATIENCE, PROGRAM, Folder, FolderTest, Serving, main

SDK = os.environ.get("MORTISE_SDK", "mortise-sdk")
ORDERS = pathlib.Path(os.environ["MORTISE_ORDERS"])
SHIPPED = ["analytics", "marketing-ready", "sales", "service-ready", "starter"]
KILLS = int(os.environ.get("MORTISE_KILLS", "24"))

SMALL = {
    "name": "small",
    "version": "1.0.0",
    "plugins": {
        "mortise.reporting": {"version": "^0.1", "settings": {"week_start": "sunday"}},
        "mortise.segmentation": "^0.1",
    },
    "fields": [{"type": "contact", "name": "shoe_size", "kind": "int", "label": "Shoe size"}],
    "records": [
        {"type": "segment", "values": {"name": "Large feet", "kind": "dynamic",
                                       "definition": {"field": "shoe_size", "is": "ge", "value": 46}}},
        {"type": "report", "values": {"name": "Feet", "definition": {"source": "contact", "rows": ["shoe_size"]}}},
        {"type": "dashboard", "values": {"name": "Feet", "tiles": [{"report": "Feet"}]}},
    ],
    "sample_data": [{"type": "contact", "match": ["name"], "values": {"kind": "person", "name": "Big Foot", "shoe_size": 50}}],
}


class Bundles(FolderTest):
    def bundle(self, **changes):
        return self.folder.write("bundle.json", json.dumps({**SMALL, **changes}))

    def refusal(self, *arguments):
        answer = self.folder.run("--json", "--yes", *arguments)
        self.assertEqual(answer.code, 1, answer.out + answer.err)
        return answer.error()

    def enabled(self, folder=None):
        plugins = (folder or self.folder).json("plugins", "list")
        return {p["id"]: p["version"] for p in plugins if p["enabled"]}

    def state(self, folder=None):
        """All that a bundle touches."""
        folder = folder or self.folder
        fields = [f["name"] for f in folder.json("types", "contact")["fields"] if not f.get("archived")]
        types = {t["name"] for t in folder.json("types") if not t["archived"]}
        names = {}
        for record_type in sorted({"report", "dashboard", "segment", "contact"} & types):
            listed = folder.json("records", record_type, "list", "--limit", 500)
            names[record_type] = sorted(record["name"] for record in listed)
        known = [p["id"] for p in folder.json("plugins", "list") if p["enabled"] or p["granted"]]
        return {"enabled": self.enabled(folder), "known": known, "feet": "shoe_size" in fields, "names": names,
                "settings": folder.json("settings", "mortise.reporting")["week_start"]}


class Shipped(Bundles):
    def test_every_one_applies_to_a_fresh_folder_and_goes_again(self):
        self.assertEqual([b["name"] for b in self.folder.json("bundles", "list")], SHIPPED)
        for name in SHIPPED:
            with self.subTest(bundle=name):
                folder = Folder()
                self.addCleanup(folder.close)
                plan = folder.json("bundles", "plan", name, "--sample-data")
                self.assertEqual((plan["conflicts"], plan["possible"]), ([], True))
                applied = folder.json("--yes", "bundles", "apply", name, "--sample-data")
                self.assertEqual(set(self.enabled(folder)), set(applied["plan"]["lock"]["plugins"]))
                self.assertEqual(folder.json("status")["warnings"], [])
                for dashboard in folder.json("records", "dashboard", "list"):
                    shown = folder.json("call", "reporting.show_dashboard", json.dumps({"dashboard": dashboard["name"]}))
                    problems = [tile for tile in shown["tiles"] if tile.get("problem") or tile.get("error")]
                    self.assertEqual(problems, [], dashboard["name"])
                again = folder.json("--yes", "bundles", "apply", name, "--sample-data")
                self.assertIsNone(again["run"], "all of it is so already")
                folder.json("--yes", "bundles", "rollback")
                self.assertEqual(self.enabled(folder), {})

    def test_one_after_the_other_in_one_folder(self):
        for name in SHIPPED:
            self.folder.json("--yes", "bundles", "apply", name)
        self.assertEqual([run["bundle"] for run in self.folder.json("bundles", "history")], SHIPPED[::-1])
        for _ in SHIPPED:
            self.folder.json("--yes", "bundles", "rollback")
        self.assertEqual(self.refusal("bundles", "rollback")["key"], "bundles.none_applied")
        self.assertEqual(self.enabled(), {})

    def test_the_demo_is_made_of_the_starter(self):
        folder = Folder(initialise=False)
        self.addCleanup(folder.close)
        folder.json("demo")
        self.assertEqual([b["name"] for b in folder.json("bundles", "list") if b["applied"]], ["starter"])
        segments = folder.json("records", "segment", "list")
        self.assertEqual({s["state"] for s in segments}, {"ready"})
        members = "SELECT count(*) AS n FROM segment_membership WHERE left_at IS NULL"
        self.assertGreater(folder.json("query", members)[0]["n"], 100)


class Plans(Bundles):
    def test_tells_everything_in_words_and_changes_nothing(self):
        before = self.state()
        plan = self.folder.json("bundles", "plan", self.bundle(), "--sample-data")
        texts = [step["text"] for step in plan["steps"]]
        self.assertIn('set week_start = "sunday"', texts[0])
        self.assertIn("add the field shoe_size (Shoe size, int) to contact", texts)
        self.assertIn('make 1 record of the type dashboard: "Feet"', texts)
        self.assertIn({"plugin": "mortise.reporting", "permission": "records.read",
                       "text": "see records of every type, also of plugins that come later"}, plan["permissions"])
        self.assertTrue(any("record types, each with a table" in line for line in plan["cost"]["words"]))
        people = self.folder.run("bundles", "plan", self.bundle())
        self.assertIn("mortise.reporting would be allowed to\n  see records of every type", people.out)
        self.assertEqual(self.state(), before)

    def test_asks_before_it_applies(self):
        answer = self.folder.run("bundles", "apply", self.bundle())
        self.assertEqual(answer.code, 1)
        self.assertIn("would be allowed to", answer.out)
        self.assertIn("--yes", answer.err)
        self.assertEqual(self.enabled(), {})

    def test_names_who_wants_what_where_nothing_fits(self):
        error = self.refusal("bundles", "apply", self.bundle(plugins={"mortise.reporting": "^9"}))
        self.assertEqual(error["key"], "bundles.unresolved")
        self.assertIn("the bundle small needs mortise.reporting ^9; there is 0.", error["message"])
        plan = self.folder.run("bundles", "plan", self.bundle(plugins={"mortise.reporting": "^9"}))
        self.assertEqual(plan.code, 1)
        self.assertIn("It cannot be applied", plan.out)

    def test_refuses_roles_with_a_reason(self):
        error = self.refusal("bundles", "plan", self.bundle(roles=[{"name": "agent"}]))
        self.assertEqual((error["key"], error["where"]), ("bundles.unknown_member", "/roles"))
        self.assertIn("no part of a bundle yet", error["message"])

    def test_a_field_that_is_there_otherwise_is_a_conflict(self):
        self.folder.json("types", "contact", "add-field", '{"name": "shoe_size", "kind": "text"}')
        error = self.refusal("bundles", "apply", self.bundle())
        self.assertEqual(error["key"], "bundles.field_kind")
        self.assertEqual(self.enabled(), {})


class Applies(Bundles):
    def test_all_of_it_and_back(self):
        before = self.state()
        self.folder.json("--yes", "bundles", "apply", self.bundle(), "--sample-data")
        state = self.state()
        self.assertEqual(set(state["enabled"]), {"mortise.reporting", "mortise.segmentation"})
        self.assertEqual((state["settings"], state["feet"]), ("sunday", True))
        self.assertEqual(state["names"], {"contact": ["Big Foot"], "dashboard": ["Feet"], "report": ["Feet"], "segment": ["Large feet"]})
        would = self.folder.json("bundles", "rollback", "--dry-run")
        self.assertEqual(self.state(), state)
        back = self.folder.json("--yes", "bundles", "rollback")
        self.assertEqual((back["state"], back["left"], back["steps"]), ("rolled_back", [], would["steps"]))
        after = self.state()
        for same in ("enabled", "known", "feet", "settings"):
            self.assertEqual(after[same], before[same], same)
        self.assertEqual([names for names in after["names"].values() if names], [])

    def test_nothing_of_it_when_a_step_fails(self):
        before = self.state()
        bad = SMALL["records"] + [{"type": "report", "values": {"name": "Bad", "definition": {"source": "contact", "rows": 7}}}]
        error = self.refusal("bundles", "apply", self.bundle(records=bad))
        self.assertIn("failed", error["message"])
        self.assertIn("taken back", error["hint"])
        self.assertEqual(self.state(), before)
        self.folder.json("--yes", "bundles", "apply", self.bundle())

    def test_on_a_host_that_serves(self):
        with Serving(self.folder):
            self.folder.json("--yes", "bundles", "apply", self.bundle())
            self.assertEqual(len(self.enabled()), 2)
            shown = self.folder.json("call", "reporting.show_dashboard", '{"dashboard": "Feet"}')
            self.assertEqual(len(shown["tiles"]), 1)
            self.folder.json("--yes", "bundles", "rollback")
            self.assertEqual(self.enabled(), {})

    def test_a_plugin_that_another_needs_stays(self):
        self.folder.json("--yes", "bundles", "apply", self.bundle())
        folder = self.folder.root / "needs"
        shutil.copytree(ORDERS, folder)
        manifest = json.loads((folder / "plugin.json").read_text())
        manifest.setdefault("requires", {})["plugins"] = {"mortise.segmentation": "^0.1"}
        (folder / "plugin.json").chmod(0o644)
        (folder / "plugin.json").write_text(json.dumps(manifest))
        self.folder.json("plugins", "install", folder, "--enable")
        self.assertEqual(self.refusal("bundles", "rollback")["key"], "bundles.needed")
        self.assertEqual(len(self.enabled()), 3)


class Elsewhere(Bundles):
    def test_a_lock_gives_the_same_and_refuses_other_files(self):
        lock = self.folder.root / "lock.json"
        self.folder.json("--yes", "bundles", "apply", self.bundle(), "--write-lock", lock)
        self.assertEqual(self.folder.json("bundles", "lock"), json.loads(lock.read_text()))
        other = Folder()
        self.addCleanup(other.close)
        applied = other.json("--yes", "bundles", "apply", self.bundle(), "--lock", lock)
        self.assertEqual(applied["plan"]["lock"], json.loads(lock.read_text()))
        self.assertEqual(self.enabled(other), self.enabled())
        changed = json.loads(lock.read_text())
        changed["plugins"]["mortise.reporting"]["digest"] = "sha256:" + "0" * 64
        lock.write_text(json.dumps(changed))
        third = Folder()
        self.addCleanup(third.close)
        refused = third.run("--json", "--yes", "bundles", "apply", self.bundle(), "--lock", lock)
        self.assertEqual(refused.error()["key"], "bundles.other_files")
        self.assertEqual(self.enabled(third), {})

    def test_what_runs_becomes_a_bundle_that_makes_the_same(self):
        self.folder.json("--yes", "bundles", "apply", "sales")
        file = self.folder.root / "ours.json"
        self.folder.json(
            "bundles", "export", "ours", "--records", "close_reason", "--records", "report", "--records", "dashboard", "-o", file
        )
        other = Folder()
        self.addCleanup(other.close)
        other.json("--yes", "bundles", "apply", file)
        self.assertEqual(self.enabled(other), self.enabled())
        for record_type in ("report", "dashboard", "close_reason"):
            names = [sorted(r["name"] for r in f.json("records", record_type, "list", "--limit", 500)) for f in (self.folder, other)]
            self.assertEqual(names[0], names[1])
        for plugin in self.enabled():
            settings = [f.json("settings", plugin) for f in (self.folder, other)]
            self.assertEqual(settings[0], settings[1])
        self.assertEqual(other.json("bundles", "plan", file)["steps"], [])

    def test_brings_plugins_from_a_catalog_and_takes_them_off_again(self):
        root = self.folder.root
        for arguments in (("keygen", root / "keeper"), ("keygen", root / "vendor")):
            self.sdk(*arguments)
        (root / "catalog").mkdir()
        self.sdk("pack", ORDERS, "-o", root / "catalog" / "orders.mortise")
        self.sdk("sign", root / "catalog" / "orders.mortise", "--key", root / "vendor.key")
        self.sdk("catalog", root / "catalog", "--key", root / "keeper.key")
        orders = json.loads((ORDERS / "plugin.json").read_text())
        bundle = self.bundle(plugins={orders["id"]: "*"}, fields=[], records=[])
        self.assertEqual(self.refusal("bundles", "apply", bundle)["key"], "bundles.unresolved")
        self.folder.json("trust", "catalog", "add", "ours", root / "catalog", root / "keeper.pub")
        plan = self.folder.json("bundles", "plan", bundle)
        self.assertEqual([step["kind"] for step in plan["steps"]], ["install", "plugin"])
        on_disk = self.folder.data / "plugins" / orders["id"]
        self.assertFalse(on_disk.exists())
        applied = self.folder.json("--yes", "bundles", "apply", bundle)
        self.assertEqual(self.enabled(), {orders["id"]: orders["version"]})
        self.assertEqual(applied["plan"]["lock"], plan["lock"])
        self.assertEqual(self.folder.json("bundles", "plan", bundle)["lock"], plan["lock"], "the same files once they are on disk")
        self.folder.json("--yes", "bundles", "rollback")
        self.assertEqual(self.enabled(), {})
        self.assertEqual(list(on_disk.glob("*")), [])

    def sdk(self, *arguments):
        subprocess.run([SDK, *map(str, arguments)], capture_output=True, timeout=PATIENCE, check=True)


class Killed(Bundles):
    def test_leaves_the_state_before_or_after(self):
        """MORTISE_KILLS=1000 is the long run."""
        bundle = self.bundle()
        apply, rollback = ("bundles", "apply", bundle, "--sample-data"), ("bundles", "rollback")
        self.folder.json("--yes", *apply)
        applied = self.state()
        self.folder.json("--yes", *rollback)
        # What is taken back keeps the types of its plugins, as disabling them does.
        gone = self.state()
        chance = random.Random(20260101)
        longest = {}
        for verb in (apply, rollback):
            began = time.monotonic()
            self.folder.json("--yes", *verb)
            longest[verb] = 1.1 * (time.monotonic() - began)
        is_applied, finished, moved = False, 0, 0
        for kill in range(KILLS):
            verb = rollback if is_applied else apply
            process = subprocess.Popen(
                [PROGRAM, "--data", str(self.folder.data), "--json", "--yes", *map(str, verb)],
                stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            )
            time.sleep(chance.uniform(0.3, 1) * longest[verb])  # before that it only opens the folder
            process.send_signal(signal.SIGKILL)
            finished += process.wait(PATIENCE) != -signal.SIGKILL
            state = self.state()
            with self.subTest(kill=kill, verb=verb[1]):
                self.assertIn(state, (applied, gone))
                self.assertEqual(self.folder.json("status")["warnings"], [])
            moved += (state == applied) != is_applied
            is_applied = state == applied
        runs = self.folder.json("bundles", "history")
        taken_back = sum(run["state"] == "taken_back" for run in runs)
        print(f"{KILLS} kills: {finished} had ended before, {moved} changed the state, {taken_back} were taken back at the next start")
        self.assertEqual({run["state"] for run in runs} - {"applied", "rolled_back", "taken_back"}, set())
        self.assertEqual(self.folder.run("verify").code, 0)


if __name__ == "__main__":
    main()
