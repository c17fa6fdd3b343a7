#!/usr/bin/env python3
"""Whose packages are taken, with the real programs: keys, statements, catalogs, revocation of what runs, a rehearsal, a
purge; and processes that are killed in the middle of installing, upgrading, going back and removing."""

import json
import os
import pathlib
import random
import re
import shutil
import signal
import subprocess
import time

from support import PATIENCE, PROGRAM, FolderTest, Serving, main

SDK = os.environ.get("MORTISE_SDK", "mortise-sdk")
ORDERS = pathlib.Path(os.environ["MORTISE_ORDERS"])
KILLS = int(os.environ.get("MORTISE_KILLS", "24"))
ID = "mortise.orders"


class Packages(FolderTest):
    def sdk(self, *arguments):
        done = subprocess.run(
            [SDK, *map(str, arguments)], capture_output=True, text=True, timeout=PATIENCE, check=False
        )
        self.assertEqual(done.returncode, 0, done.stderr)
        return done.stdout

    def path(self, name):
        return self.folder.root / name

    def key(self, name):
        self.sdk("keygen", self.path(name))
        return self.path(name + ".key")

    def package(self, version, key, *statements, more=None):
        """The plugin in this version, signed; `more` is put into its manifest."""
        folder = self.path("orders-" + version)
        shutil.copytree(ORDERS, folder)
        manifest = json.loads((folder / "plugin.json").read_text())
        manifest.update({"version": version, **(more or {})})
        (folder / "plugin.json").chmod(0o644)
        (folder / "plugin.json").write_text(json.dumps(manifest))
        file = self.path(f"orders-{version}.mortise")
        self.sdk("pack", folder, "-o", file)
        with_statements = [word for statement in statements for word in ("--statement", statement)]
        self.sdk("sign", file, "--key", key, *with_statements)
        return file

    def refusal(self, *arguments):
        answer = self.folder.run("--json", *arguments)
        self.assertNotEqual(answer.code, 0, answer.out)
        error = answer.error()
        return error.get("key") or error["code"]

    def info(self):
        return self.folder.json("plugins", "info", ID)


class Trust(Packages):
    def test_a_vendor_changes_its_key_and_a_thief_does_not(self):
        root, old, new, thief = (self.key(name) for name in ("root", "old", "new", "thief"))
        self.folder.json("plugins", "install", self.package("1.0.0", old), "--enable")
        self.folder.json("trust", "root", "add", self.path("root.pub"))
        self.assertEqual(self.refusal("plugins", "upgrade", self.package("1.1.0", thief)), "package.other_key")
        change = self.path("change.json")
        self.sdk(
            "statement", "rotation", "mortise", self.path("new.pub"), "--before", self.path("old.pub"), "--number", 1,
            "--sign", old, "-o", change,
        )
        half = self.package("1.2.0", new, change)
        self.assertEqual(self.refusal("plugins", "upgrade", half), "trust.not_by_root")
        self.sdk("statement", "sign", change, "--sign", root)
        self.sdk("sign", half, "--key", new, "--statement", change)
        self.assertEqual(self.folder.json("plugins", "upgrade", half)["to"], "1.2.0")
        self.assertEqual(self.refusal("plugins", "upgrade", self.package("1.3.0", old)), "package.other_key")
        self.assertEqual(self.folder.json("trust")["vendors"][0]["rotation"], 1)

    def test_what_is_revoked_stops_in_a_host_that_runs(self):
        root, vendor = self.key("root"), self.key("vendor")
        self.folder.json("plugins", "install", self.package("1.0.0", vendor), "--enable")
        self.folder.json("trust", "root", "add", self.path("root.pub"))
        revoked = self.path("revoked.json")
        self.sdk(
            "statement", "revocations", "--number", 1, "--package", ID + "@<1.1", "--reason", "leaks", "--sign", root,
            "-o", revoked,
        )
        with Serving(self.folder):
            self.assertEqual(self.info()["problems"], [])
            answer = self.folder.json("trust", "import", revoked)
            self.assertEqual(answer["taken_down"], [ID])
            self.assertIn("leaks", self.info()["problems"][0]["message"])
            upgraded = self.folder.json("plugins", "upgrade", self.package("1.1.0", vendor))
            self.assertEqual(upgraded["plugin"]["problems"], [])
            self.assertEqual(self.folder.json("plugins", "activate", ID)["state"], "active")

    def test_says_that_files_were_changed_and_is_mended_as_it_says(self):
        file = self.package("1.0.0", self.key("vendor")).rename(self.path(ID + "-1.0.0.mortise"))  # as pack calls it
        self.folder.json("plugins", "install", file, "--enable")
        self.assertEqual(self.info()["problems"], [])
        library = next(self.folder.data.glob("plugins/*/*/*.so"))
        library.chmod(0o644)
        library.write_bytes(library.read_bytes() + b"x")
        for verb in (["plugins", "list"], ["plugins", "info", ID], ["status"]):
            seen = self.folder.run(*verb).out
            self.assertRegex(seen, r"\bfailed\b", verb)
            self.assertIn("was changed after the plugin was installed", seen, verb)
            self.assertIn(f'"mortise plugins install {file.name}"', seen, verb)
        self.assertEqual(self.refusal("plugins", "activate", ID), "package.changed")
        words = re.search('"mortise ([^"]*)"', self.info()["problems"][0]["hint"])[1].split()
        subprocess.run([PROGRAM, "--data", self.folder.data, *words], cwd=self.folder.root, check=True)
        self.assertEqual(self.info()["problems"], [])
        self.assertEqual(self.info()["state"], "resolved")
        self.folder.json("plugins", "activate", ID)

    def test_installs_by_name_from_a_catalog(self):
        keeper, vendor = self.key("keeper"), self.key("vendor")
        catalog = self.path("catalog")
        catalog.mkdir()
        for version in ("1.0.0", "1.1.0"):
            shutil.move(self.package(version, vendor), catalog)
        self.sdk("catalog", catalog, "--key", keeper)
        self.assertEqual(self.refusal("plugins", "install", ID), "catalog.none")
        self.folder.json("trust", "catalog", "add", "ours", catalog, self.path("keeper.pub"))
        found = self.folder.json("plugins", "search", "ORDERS")
        self.assertEqual([(p["id"], p["version"], p["installed"]) for p in found], [(ID, "1.1.0", None)])
        self.assertEqual(self.folder.json("plugins", "install", ID + "@~1.0", "--enable")["version"], "1.0.0")
        self.assertEqual(self.folder.json("plugins", "upgrade", ID)["to"], "1.1.0")
        self.assertEqual(self.refusal("plugins", "install", "mortise.nothing"), "catalog.unknown")
        with (catalog / "orders-1.1.0.mortise").open("ab") as file:
            file.write(b"x")
        self.assertEqual(self.refusal("plugins", "install", ID), "catalog.other_file")

    def test_tells_where_people_find_out_more(self):
        page = {"homepage": "https://orders.example/about", "license": "LicenseRef-Orders"}
        self.folder.json("plugins", "install", self.package("1.0.0", self.key("vendor"), more=page), "--enable")
        self.assertEqual({name: self.info()[name] for name in page}, page)
        seen = self.folder.run("plugins", "info", ID).out
        for name, text in page.items():
            self.assertRegex(seen, rf"(?m)^{name} +{re.escape(text)}$")

    def test_rehearses_on_a_copy_and_purges(self):
        vendor = self.key("vendor")
        self.folder.json("plugins", "install", self.package("1.0.0", vendor), "--enable")
        told = self.folder.json("plugins", "upgrade", self.package("1.1.0", vendor), "--rehearse")
        self.assertEqual((told["from"], told["to"], told["records"]), ("1.0.0", "1.1.0", []))
        self.assertEqual(self.info()["version"], "1.0.0")
        self.assertEqual(self.info()["versions"], ["1.0.0"])
        self.folder.json("--yes", "plugins", "remove", ID, "--purge")
        self.assertFalse([t for t in self.folder.json("types") if t["owner"] == ID])


    def test_a_rehearsal_tells_what_records_do_not_fit(self):
        vendor = self.key("vendor")

        def with_type(version, *fields):
            return self.package(version, vendor, more={"types": [{"name": "parcel", "fields": [{"name": "code", "kind": "text"}, *fields]}]})

        state = {"name": "state", "kind": "enum", "options": ["sent", {"value": "lost", "label": "Lost on its way"}]}
        self.folder.json("plugins", "install", with_type("1.0.0", state), "--enable")
        for code, now in (("a", "lost"), ("b", "lost"), ("c", "sent")):
            self.folder.json("records", "parcel", "create", json.dumps({"code": code, "state": now}))
        next_one = with_type("1.1.0", {**state, "options": ["sent"]}, {"name": "weight", "kind": "int", "required": True})
        for rehearsing in (["--rehearse"], []):
            answer = self.folder.run("--json", "plugins", "upgrade", next_one, *rehearsing)
            self.assertNotEqual(answer.code, 0, answer.out)
            error = answer.error()
            self.assertEqual(error["key"], "plugins.records_unfit")
            self.assertIn('2 of parcels have the option "lost" in "state", which is taken away', error["message"])
            self.assertIn('3 of parcels have no value for "weight"', error["message"])
            self.assertIn("keep the option", error["hint"])
            self.assertIn("give the field a default", error["hint"])
            self.assertEqual("version 1.0.0 runs again" in error["hint"], not rehearsing)
            self.assertEqual("tried on a copy: version 1.0.0 runs on, and nothing was changed" in error["hint"], bool(rehearsing))
            self.assertEqual((self.info()["version"], self.info()["versions"]), ("1.0.0", ["1.0.0"]))
        self.assertEqual(len(self.folder.json("records", "parcel", "list")), 3)


class Killed(Packages):
    def test_leaves_the_old_or_the_new(self):
        """MORTISE_KILLS=1000 is the long run."""
        vendor = self.key("vendor")
        packages = [self.package(version, vendor) for version in ("1.0.0", "1.1.0")]
        self.folder.json("plugins", "install", packages[0], "--enable")
        chance = random.Random(20260101)
        steps = [  # a verb, and what it makes of the version that was there
            (("plugins", "upgrade", packages[1]), lambda version: version and "1.1.0"),
            (("plugins", "rollback", ID), lambda version: version and "1.0.0"),
            (("plugins", "remove", ID), lambda version: None),
            (("plugins", "install", packages[0], "--enable", "--older"), lambda version: version or "1.0.0"),
        ]
        version = "1.0.0"
        began = time.monotonic()
        self.folder.run("--json", "status")
        longest = 2 * (time.monotonic() - began) + 0.05
        finished = 0
        for kill in range(KILLS):
            verb, target = steps[kill % len(steps)]
            process = subprocess.Popen(
                [PROGRAM, "--data", str(self.folder.data), "--json", "--yes", *map(str, verb)],
                stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            )
            time.sleep(chance.uniform(0, longest))
            process.send_signal(signal.SIGKILL)
            finished += process.wait(PATIENCE) != -signal.SIGKILL
            version = self.check_whole({version, target(version)}, verb)
        print(f"{finished} of {KILLS} had ended before they were killed")
        self.assertEqual(self.folder.run("verify").code, 0)

    def check_whole(self, allowed, verb):
        plugins = [p for p in self.folder.json("plugins", "list") if p["id"] == ID]  # the start that sweeps
        left = [p.name for p in (self.folder.data / "plugins").iterdir() if p.name.startswith(".")]
        self.assertEqual(left, [], verb)
        on_disk = sorted(p.name for p in (self.folder.data / "plugins" / ID).glob("*"))
        if not plugins:
            self.assertIn(None, allowed, verb)
            self.assertEqual(on_disk, [], verb)
            return None
        plugin = plugins[0]
        if not on_disk:  # its files are gone and its record is not: removing goes on when it is asked again
            self.assertIn(None, allowed, verb)
            self.folder.json("--yes", "plugins", "remove", ID)
            return None
        self.assertIn(plugin["version"], allowed, verb)
        self.assertEqual(plugin["problems"], [], verb)
        if plugin["enabled"]:
            self.assertEqual(self.folder.json("plugins", "activate", ID)["state"], "active", verb)
        return plugin["version"]


if __name__ == "__main__":
    main()
