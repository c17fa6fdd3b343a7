"""What was sent is filed in the mailbox, by the real program in a real Dovecot: once, whatever breaks."""

import email
import json
import random
import signal

from email_imap_test import ImapTest
from mail_servers import CuttingProxy, ScriptedSmtp
from support import Serving, main

OWNER = "sales@example.org"


class Filing(ImapTest):
    def setUp(self):
        super().setUp()
        self.smtp = ScriptedSmtp()
        self.addCleanup(self.smtp.close)

    def add(self, **more):
        return self.add_mailbox(**{"smtp_host": "127.0.0.1", "smtp_port": self.smtp.port, "smtp_security": "none", **more})

    def send(self, number):
        self.call("email.send", mailbox=OWNER, address="ann@example.com", subject=f"Letter {number}", text=f".{number}\nHello\n")

    def copies(self):
        return self.query("SELECT d.copy, d.copy_words AS words FROM email_delivery d WHERE d.state = 'sent' ORDER BY d.id")

    def wait_for_copies(self, count, state="filed"):
        self.wait_until(lambda: [c["copy"] for c in self.copies()] == [state] * count and self.is_idle(), self.copies)

    def in_folder(self, folder="Sent", *more):
        """UIDs of what lies in a folder; nothing if it is not there."""
        if folder not in self.dovecot.doveadm("mailbox", "list", "-u", OWNER).splitlines():
            return []
        return self.dovecot.doveadm("search", "-u", OWNER, "mailbox", folder, *(more or ("ALL",))).splitlines()

    def subjects(self, folder="Sent"):
        text = self.dovecot.doveadm("fetch", "-u", OWNER, "hdr.subject", "mailbox", folder, "ALL")
        return sorted(line.split(": ", 1)[1] for line in text.splitlines() if line.startswith("hdr.subject"))

    def test_files_what_was_sent_in_the_folder_that_it_makes(self):
        with Serving(self.folder):
            self.add(imap_folders=["INBOX", "Sent"])
            self.wait_for_rest()
            self.send(1)
            self.wait_for_copies(1)
            self.assertEqual(self.subjects(), ["Letter 1"])
            self.assertEqual(len(self.in_folder("Sent", "SEEN")), 1)
            text = self.dovecot.doveadm("fetch", "-u", OWNER, "text", "mailbox", "Sent", "ALL").replace("\r\n", "\n")
            sent = self.smtp.taken[0].decode().replace("\r\n", "\n").replace("\n..", "\n.")
            self.assertIn(sent.rstrip("\n"), text, "as the server that sends it was given it")
            # The copy is read with the other messages of the mailbox, and known for what it is.
            self.sync()
            self.wait_until(lambda: self.query("SELECT result FROM email_sighting") == [{"result": "duplicate"}], "the copy is not read")
            self.assertEqual(self.count(), 1)

    def test_sends_and_files_large_files_as_they_are(self):
        self.folder.json("types", "contact", "add-field", '{"name": "plan", "kind": "file"}')
        ann = self.folder.json("contacts", "create", '{"name": "Ann", "email": "ann@example.com"}')["id"]
        contents = random.Random(7).randbytes(17_000_000)
        plan = self.folder.root / "plan.bin"
        plan.write_bytes(contents)
        file = {"type": "contact", "record": ann, "field": "plan"}
        with Serving(self.folder):
            self.add(imap_folders=["INBOX", "Sent"])
            self.wait_for_rest()
            self.folder.json("contacts", "attach", ann, "plan", plan)
            self.call("email.send", mailbox=OWNER, contact=ann, subject="Plans", text="See there", attachments=[file])
            self.wait_for_copies(1)
            sent = email.message_from_bytes(self.smtp.taken[0])
            self.assertEqual([part.get_payload(decode=True) == contents for part in sent.walk() if part.get_filename() == "plan.bin"], [True])
            self.assertEqual(self.subjects(), ["Plans"])
            refused = self.folder.run("--json", "call", "email.send", json.dumps(
                {"mailbox": OWNER, "contact": ann, "subject": "Plans", "text": "Twice", "attachments": [file, file]}))
            self.assertEqual(refused.error()["key"], "email.too_large")
            self.assertEqual(self.count("email_delivery"), 1)

    def test_takes_the_folder_that_the_server_marks(self):
        config = self.dovecot.config.read_text()
        self.dovecot.config.write_text(
            config + "namespace inbox {\n  inbox = yes\n  separator = /\n  mailbox Gesendet {\n    special_use = \\Sent\n    auto = create\n  }\n}\n"
        )
        self.dovecot.doveadm("reload")
        with Serving(self.folder):
            self.add()
            self.wait_for_rest()
            self.send(1)
            self.wait_for_copies(1)
            self.assertEqual(self.copies()[0]["words"], "Gesendet")
            self.assertEqual(self.subjects("Gesendet"), ["Letter 1"])
            self.assertEqual(self.in_folder("Sent"), [])

    def test_takes_the_folder_that_the_mailbox_names_or_none(self):
        with Serving(self.folder):
            mailbox = self.add(sent_folder="Ausgang.Grüße")["mailbox"]
            self.wait_for_rest()
            self.send(1)
            self.wait_for_copies(1)
            self.assertEqual(self.copies()[0]["words"], "Ausgang.Grüße")
            self.assertEqual(self.folder.run("records", "mailbox", "update", mailbox, '{"sent_copy": "never"}').code, 0)
            self.send(2)
            self.wait_until(lambda: len(self.copies()) == 2, self.copies)
            self.wait_for_rest()
            self.assertIsNone(self.copies()[1]["copy"])

    def test_leaves_it_to_a_server_that_files_by_itself(self):
        config = self.dovecot.config.read_text()
        self.dovecot.config.write_text(config + "imap_capability = +X-GM-EXT-1\n")
        self.dovecot.doveadm("reload")
        with Serving(self.folder):
            mailbox = self.add()["mailbox"]
            self.wait_for_rest()
            self.send(1)
            self.wait_for_copies(1, "left_to_server")
            self.assertEqual(self.in_folder(), [])
            self.assertEqual(self.folder.run("records", "mailbox", "update", mailbox, '{"sent_copy": "always"}').code, 0)
            self.send(2)
            self.wait_until(lambda: self.subjects() == ["Letter 2"] if self.in_folder() else False, self.copies)

    def test_files_it_once_when_cut_off_at_any_step(self):
        proxy = CuttingProxy(self.dovecot.port, self.dovecot.certificate, self.dovecot.key)
        self.addCleanup(proxy.close)
        steps = [
            ("client", "EXAMINE"), ("client", "SEARCH"), ("server", "SEARCH"), ("client", "APPEND"), ("client", "Hello"),
            ("server", "APPENDUID"), ("server", "Append completed"),
        ]
        with Serving(self.folder):
            self.add(port=proxy.port)
            self.wait_for_rest()
            self.send(0)
            self.wait_for_copies(1)  # so that the folder is there and is searched
            for number, (who, text) in enumerate(steps, 1):
                with self.subTest(f"{who}: {text}"):
                    before = proxy.cuts

                    def cut(by, said, who=who, text=text, before=before):
                        return by == who and text in said and proxy.cuts == before

                    proxy.cut = cut
                    self.send(number)
                    self.wait_until(lambda before=before: proxy.cuts > before, f"{who} never says {text}")
                    self.wait_for_rest()
                    self.sync()
                    self.wait_for_copies(number + 1)
                    self.assertEqual(self.subjects(), [f"Letter {i}" for i in range(number + 1)])

    def test_files_it_once_though_the_host_is_killed(self):
        proxy = CuttingProxy(self.dovecot.port, self.dovecot.certificate, self.dovecot.key)
        self.addCleanup(proxy.close)
        with Serving(self.folder):
            self.add(port=proxy.port)
            self.wait_for_rest()
            self.send(0)
            self.wait_for_copies(1)
        for number, (who, text) in enumerate([("client", "APPEND"), ("client", "Hello"), ("server", "Append completed")], 1):
            with self.subTest(f"{who}: {text}"):
                with Serving(self.folder) as host:

                    def cut(by, said, who=who, text=text, host=host):
                        if by == who and text in said:
                            host.process.send_signal(signal.SIGKILL)
                            return True
                        return False

                    proxy.cut = cut
                    self.folder.run("call", "email.send", json.dumps(
                        {"mailbox": OWNER, "address": "ann@example.com", "subject": f"Letter {number}", "text": "Hello\n"}
                    ))
                    host.process.communicate(timeout=120)
                proxy.cut = lambda who, text: False
                with Serving(self.folder):
                    self.sync()
                    self.wait_for_copies(number + 1)
                self.assertEqual(self.subjects(), [f"Letter {i}" for i in range(number + 1)])

    def test_tells_what_the_server_says_when_it_takes_no_copy(self):
        self.dovecot.doveadm("mailbox", "create", "-u", OWNER, "Sent")
        folder = self.dovecot.root / "mail" / "sales" / ".Sent"
        (folder / "dovecot-acl-list").touch()
        for part in ("tmp", "new", "cur"):
            (folder / part).chmod(0o500)
        with Serving(self.folder):
            self.add()
            self.wait_for_rest()
            self.send(1)
            self.wait_until(lambda: any(c["words"] for c in self.copies()) and self.is_idle(), self.copies)
            self.assertEqual(self.copies()[0]["copy"], "waiting")
            self.assertEqual(self.health()[0]["sync_state"], "good", "the mailbox is read all the same")
            for part in ("tmp", "new", "cur"):
                (folder / part).chmod(0o700)
            self.sync()
            self.wait_for_copies(1)


if __name__ == "__main__":
    main()
