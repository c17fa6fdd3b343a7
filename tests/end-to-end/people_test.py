"""Users and roles: another account of the machine works with a host, and gets what its roles give."""

import getpass
import json
import os
import pathlib
import pwd
import shutil
import subprocess
import unittest

from support import PATIENCE, PROGRAM, Answer, FolderTest, Serving, main

OTHER = "nobody"
SALES = {
    "name": "sales",
    "types": {
        "contact": {"read": "all", "create": True, "write": "own", "hidden": ["birthday"]},
        "contact_point": {"read": "all", "create": True, "write": "own"},
    },
    "commands": ["consents.show"],
    "capabilities": ["export"],
}


def can_be_another():
    return os.geteuid() == 0 and shutil.which("setpriv") is not None


class Verbs(FolderTest):
    def test_whoever_made_the_folder_is_an_administrator(self):
        users = self.folder.json("users")
        self.assertEqual([u["roles"] for u in users], [["administrator"]])
        self.assertEqual(users[0]["os_user"], getpass.getuser())
        refused = self.folder.run("--json", "--yes", "users", "remove", users[0]["name"])
        self.assertEqual(refused.code, 1)
        self.assertEqual(refused.error()["code"], "refused")
        self.assertIn("administrator", refused.error()["hint"])

    def test_roles_and_users_are_made_changed_and_removed(self):
        self.folder.json("roles", "add", json.dumps(SALES))
        self.assertEqual(self.folder.json("roles", "show", "sales")["types"]["contact"]["write"], "own")
        self.folder.json("users", "add", "anna", "--role", "sales")
        self.folder.json("users", "change", "anna", "--role", "sales", "--role", "viewer")
        self.assertEqual(self.folder.json("--user", "anna", "contacts", "list"), [])
        self.folder.json("users", "change", "anna", "--disable")
        self.assertEqual(self.folder.run("--user", "anna", "contacts", "list").code, 4)
        self.assertIn("anna", self.folder.run("users").out)
        self.assertIn("sales", self.folder.run("roles").out)
        self.assertEqual(self.folder.run("--yes", "roles", "remove", "sales").code, 1)
        self.folder.json("--yes", "users", "remove", "anna")
        self.folder.json("--yes", "roles", "remove", "sales")
        told = [e["type"] for e in self.folder.json("events", "list") if e["type"].split(".")[0] in ("user", "role")]
        self.assertEqual(
            told, ["role.added", "user.added", "user.changed", "user.changed", "user.removed", "role.removed"]
        )

    def test_what_is_wrong_is_told_with_place_and_remedy(self):
        wrong = self.folder.run("--json", "roles", "add", '{"name":"a","types":{"contcat":{"read":"all"}}}')
        self.assertEqual((wrong.code, wrong.error()["where"]), (1, "/types/contcat"))
        self.assertIn("contact", wrong.error()["hint"])
        account = self.folder.run("--json", "users", "add", "eve", "--role", "viewer", "--os-user", "no-such-account")
        self.assertEqual(account.error()["where"], "/os_user")
        self.assertEqual(self.folder.run("users", "change", "anna").code, 2)

    def test_explain_names_role_and_rule(self):
        made = self.folder.json("contacts", "create", '{"kind":"person","name":"Ada"}')
        self.folder.json("roles", "add", json.dumps(SALES))
        self.folder.json("users", "add", "anna", "--role", "sales")
        self.assertTrue(self.folder.json("explain", "anna", "read", "contact")["allowed"])
        no = self.folder.run("explain", "anna", "write", f"contact/{made['id']}")
        self.assertTrue(no.out.startswith("no: "), no.out)
        self.assertIn("role sales, types/contact: write own", no.out)
        self.assertFalse(self.folder.json("explain", "anna", "read", "contact.birthday")["allowed"])
        self.assertTrue(self.folder.json("explain", "anna", "export")["allowed"])
        self.assertTrue(self.folder.json("explain", "anna", "call", "consents.show")["allowed"])


@unittest.skipUnless(can_be_another(), "needs root and setpriv, to come as another account")
class AnotherAccount(FolderTest):
    """The host is ours; its client is run as the account `nobody`."""

    def setUp(self):
        super().setUp()
        os.chmod(self.folder.root, 0o755)
        self.program = self.folder.root / "mortise"
        shutil.copy(PROGRAM, self.program)
        os.chmod(self.program, 0o755)
        self.socket = self.folder.root / "shared.sock"
        self.serving = Serving(self.folder, "--socket", self.socket, "--shared")
        self.serving.__enter__()
        self.addCleanup(self.serving.__exit__)

    def other(self, *arguments):
        account = pwd.getpwnam(OTHER)
        command = [
            "setpriv", "--reuid", str(account.pw_uid), "--regid", str(account.pw_gid), "--clear-groups",
            str(self.program), "--connect", str(self.socket), "--json", *[str(a) for a in arguments],
        ]
        return Answer(
            subprocess.run(
                command, capture_output=True, text=True, timeout=PATIENCE, check=False, cwd="/", env={"PATH": "/usr/bin"}
            )
        )

    def test_a_stranger_is_told_who_may_add_it(self):
        refused = self.other("contacts", "list")
        self.assertEqual(refused.code, 4, refused.err)
        self.assertIn("no user of this host", refused.error()["message"])
        self.assertIn(f"users add NAME --role ROLE --os-user {OTHER}", refused.error()["hint"])
        self.assertIn(self.folder.json("users")[0]["name"], refused.error()["hint"])

    def test_gets_what_its_roles_give(self):
        ours = self.folder.json("contacts", "create", '{"kind":"person","name":"Ada","birthday":"1815-12-10"}')
        self.folder.json("roles", "add", json.dumps(SALES))
        self.folder.json("users", "add", "anna", "--role", "sales", "--os-user", OTHER)
        shown = self.other("contacts", "show", ours["id"]).json()
        self.assertEqual(shown["name"], "Ada")
        self.assertNotIn("birthday", shown)
        self.assertEqual(self.other("query", "SELECT count(*) AS n FROM contact").json(), [{"n": 1}])
        self.assertEqual(self.other("query", "SELECT birthday FROM contact").code, 1)
        self.assertEqual(self.other("query", "SELECT * FROM event").code, 1)
        self.assertEqual(self.other("contacts", "update", ours["id"], '{"name":"Eve"}').code, 4)
        self.assertEqual(self.other("contacts", "delete", ours["id"]).code, 4)
        mine = self.other("contacts", "create", '{"kind":"person","name":"Grace"}').json()
        self.assertEqual(self.other("contacts", "update", mine["id"], '{"name":"Grace H"}').code, 0)
        self.assertEqual({h["title"] for h in self.other("search", "Ada").json()}, {"Ada"})
        exported = self.other("export", "contact", "--format", "jsonl")
        self.assertIn("Grace H", exported.out)
        self.assertNotIn("1815", exported.out)
        self.assertEqual(self.other("call", "consents.show", json.dumps({"contact": ours["id"]})).code, 1)  # consent: unknown
        self.assertEqual(self.other("call", "contacts.merge", "{}").code, 4)
        for denied in (["plugins", "list"], ["users"], ["backup", "/tmp/x"], ["status"], ["import", "/etc/hostname"]):
            self.assertEqual(self.other(*denied).code, 4, denied)
        self.assertEqual(self.other("--user", self.folder.json("users")[-1]["name"], "users").code, 4)
        told = self.other("events", "list", "--subject", ours["id"]).json()
        self.assertTrue(told)
        self.assertNotIn("birthday", json.dumps(told))

    def test_rights_are_felt_at_once_on_an_open_connection(self):
        self.folder.json("users", "add", "anna", "--role", "viewer", "--os-user", OTHER)
        self.assertEqual(self.other("contacts", "list").code, 0)
        self.folder.json("users", "change", "anna", "--disable")
        self.assertEqual(self.other("contacts", "list").code, 4)
        self.folder.json("--yes", "users", "remove", "anna")
        self.assertIn("no user", self.other("contacts", "list").error()["message"])

    def test_only_a_shared_socket_is_open_to_others(self):
        self.assertEqual(pathlib.Path(self.socket).stat().st_mode & 0o777, 0o666)
        self.serving.stop()
        with Serving(self.folder, "--socket", self.socket):
            self.assertEqual(pathlib.Path(self.socket).stat().st_mode & 0o777, 0o600)
            self.assertNotEqual(self.other("contacts", "list").code, 0)


if __name__ == "__main__":
    main()
