"""E-mail, with the real program and real servers: what arrives becomes contacts and conversations, what is sent is sent once."""

import email
import email.policy
import json
import os
import pathlib
import tempfile
import time
import unittest

from mail_servers import Postfix, ScriptedSmtp, why_no_postfix
from support import PATIENCE, FolderTest, Serving, main

DATA = pathlib.Path(os.environ.get("MORTISE_TEST_DATA", "")) / "mail"


def message(sender, subject, text="Hello\n", **more):
    """A message as text."""
    headers = {"From": sender, "To": "sales@example.org", "Subject": subject, "Message-ID": f"<{subject.replace(' ', '-')}@example.com>"}
    headers.update({name.replace("_", "-"): value for name, value in more.items()})
    return "".join(f"{name}: {value}\n" for name, value in headers.items()) + "\n" + text


class EmailTest(FolderTest):
    def setUp(self):
        super().setUp()
        answer = self.folder.run("plugins", "enable", "mortise.email")
        self.assertEqual(answer.code, 0, answer.err)

    def call(self, name, **arguments):
        return self.folder.json("call", name, json.dumps(arguments))

    def refused(self, name, **arguments):
        answer = self.folder.run("--json", "call", name, json.dumps(arguments))
        self.assertEqual(answer.code, 1, answer.out)
        return answer.error()

    def add_mailbox(self, port, **more):
        return self.call(
            "email.add_mailbox", address="sales@example.org", display_name="Sales", smtp_host="127.0.0.1", smtp_port=port,
            **{"smtp_security": "none", "login": "none", **more},
        )["mailbox"]

    def delivery(self, which):
        return self.folder.json("records", "email_delivery", "show", which)

    def wait_for(self, which, *states):
        """The delivery, as soon as it is in one of the states."""
        end = time.monotonic() + PATIENCE
        while True:
            found = self.delivery(which)
            if found["state"] in states:
                return found
            self.assertLess(time.monotonic(), end, f"it stays {found['state']}: {found.get('words')}")
            time.sleep(0.1)


class Arriving(EmailTest):
    def test_makes_contacts_and_conversations(self):
        self.call("email.add_mailbox", address="sales@example.org")
        first = self.call("email.ingest", text=message("Ann Lee <ann+shop@example.com>", "Offer"), mailbox="sales@example.org")
        self.assertEqual(first["result"], "stored")
        self.assertEqual(self.folder.json("contacts", "show", first["contact"])["name"], "Ann Lee")
        again = self.call("email.ingest", text="Received: by elsewhere\n" + message("Ann Lee <ann+shop@example.com>", "Offer"))
        self.assertEqual((again["result"], again["message"]), ("duplicate", first["message"]))
        answer = self.call("email.ingest", text=message("ann+shop@example.com", "Re: Offer", References="<Offer@example.com>"))
        self.assertEqual((answer["thread"], answer["contact"]), (first["thread"], first["contact"]))
        robot = self.call("email.ingest", text=message("no-reply@example.com", "News"))
        self.assertIsNone(robot["contact"])
        self.assertEqual(len(self.folder.json("contacts", "list")), 1)

    def test_records_bounces_on_the_address(self):
        contact = self.folder.json("contacts", "create", json.dumps({"kind": "person", "name": "Bob", "email": "bob@example.com"}))
        report = message(
            "MAILER-DAEMON@example.com", "failure notice",
            "Hi. This is the qmail-send program at example.com.\n\n<bob@example.com>:\n550 5.1.1 no such user\n", Return_Path="<>",
        )
        taken = self.call("email.ingest", text=report)
        self.assertEqual([(b["address"], b["kind"]) for b in taken["bounces"]], [("bob@example.com", "hard")])
        points = self.folder.json("query", f"SELECT state FROM contact_point WHERE contact = {contact['id']}")
        self.assertEqual(points, [{"state": "bounced"}])
        self.add_mailbox(25)
        self.assertEqual(
            self.refused("email.send", mailbox="sales@example.org", contact=contact["id"], subject="x", text="y")["code"], "refused"
        )

    @unittest.skipUnless(DATA.is_dir(), "the messages of others are not there")
    def test_imports_messages_that_others_wrote(self):
        self.folder.json("settings", "mortise.email", "set", "import_folder", DATA)
        counts = self.call("email.import_messages", path=".")
        self.assertEqual((counts["read"], counts["stored"], counts["errors"]), (15, 15, []))
        self.assertEqual(self.call("email.import_messages", path=".")["duplicate"], 15)
        for path in sorted(DATA.glob("*.eml")):
            read = self.call("email.parse", path=path.name)
            theirs = json.loads(path.with_suffix(".json").read_text())
            self.assertEqual(len(read["attachments"]), len(theirs["attachments"]), path.name)


class Sending(EmailTest):
    def send(self, **more):
        return self.call("email.send", **{"mailbox": "sales@example.org", "address": "bob@example.com", "subject": "Offer", "text": "Hello Bob", **more})

    def test_comes_again_after_greylisting(self):
        replies = iter(["451 4.7.1 greylisted", None])
        server = ScriptedSmtp(lambda line: next(replies, None) if line.startswith("RCPT") else None)
        self.addCleanup(server.close)
        with Serving(self.folder):
            self.add_mailbox(server.port)
            delivery = self.send()["delivery"]
            found = self.wait_for(delivery, "deferred", "failed", "sent")
            self.assertEqual((found["state"], found["words"]), ("deferred", "451 4.7.1 greylisted"))
            self.assertEqual(server.taken, [])

    def send_and_be_killed_at(self, is_moment):
        """Sends a message through a host that is killed, once, when the server gets the line that `is_moment` tells."""
        host = Serving(self.folder)
        is_killed = []

        def script(line):
            if not is_moment(line) or is_killed:
                return None
            is_killed.append(True)
            host.process.kill()
            host.process.wait()
            return ""

        server = ScriptedSmtp(script)
        self.addCleanup(server.close)
        with host:
            self.add_mailbox(server.port)
            delivery = self.send()["delivery"]
            host.process.wait(PATIENCE)
        return server, delivery

    def test_what_was_not_on_its_way_is_sent_once_after_a_kill(self):
        server, delivery = self.send_and_be_killed_at(lambda line: line.startswith("RCPT"))
        with Serving(self.folder):
            self.wait_for(delivery, "sent")
        self.assertEqual(len(server.taken), 1, self.folder.json("records", "email_delivery", "list"))

    def test_what_was_on_its_way_is_ambiguous_after_a_kill(self):
        server, delivery = self.send_and_be_killed_at(lambda line: line == ".")
        with Serving(self.folder):
            self.wait_for(delivery, "ambiguous")
            other = self.send(subject="Another")["delivery"]
            self.wait_for(other, "sent")
            self.assertEqual(self.delivery(delivery)["state"], "ambiguous")
        self.assertEqual(len(server.taken), 1, "the first was never sent again by itself")


class Postfixes(EmailTest):
    def setUp(self):
        reason = why_no_postfix()
        if reason:
            self.skipTest(reason)
        super().setUp()
        temporary = tempfile.TemporaryDirectory(prefix="mortise-postfix-")
        self.addCleanup(temporary.cleanup)
        self.postfix = Postfix(temporary.name)
        self.addCleanup(self.postfix.__exit__)
        self.postfix.__enter__()

    def send(self, address, **more):
        return self.call("email.send", **{"mailbox": "sales@example.org", "address": address, "subject": "Grüße", "text": "Hello\n.\nFrom here", **more})

    def test_take_over_what_is_sent_to_them_encrypted(self):
        self.folder.json("settings", "mortise.email", "set", "net.authorities", self.postfix.certificate)
        with Serving(self.folder):
            self.add_mailbox(self.postfix.port, smtp_security="starttls")
            self.folder.json("contacts", "create", json.dumps({"kind": "person", "name": "Bob", "email": "bob@example.com"}))
            found = self.wait_for(self.send("bob@example.com")["delivery"], "sent", "failed", "deferred")
            self.assertEqual(found["state"], "sent", found)
            self.assertRegex(found["consent"], r"^allowed as correspondence, ticket \d+$")
            self.assertTrue(found["queue_id"])
            self.assertIn("STARTTLS", found["transcript"])
            raw = self.postfix.wait_for_mail(1)
        self.assertEqual(len(raw), 1)
        arrived = email.message_from_bytes(raw[0], policy=email.policy.default)
        self.assertEqual(arrived["subject"], "Grüße")
        self.assertEqual(arrived.get_content().strip().splitlines(), ["Hello", ".", "From here"])
        # The copy that comes back is the one that is there.
        self.assertEqual(self.call("email.ingest", text=raw[0].decode())["result"], "duplicate")

    def test_refuse_and_defer_in_their_own_words(self):
        with Serving(self.folder):
            self.add_mailbox(self.postfix.port)
            refused = self.wait_for(self.send("nobody@example.com")["delivery"], "failed", "sent", "deferred")
            self.assertEqual(refused["state"], "failed")
            self.assertIn("no such user here", refused["words"])
            bounces = self.folder.json("query", "SELECT address, kind, source FROM email_bounce")
            self.assertEqual(bounces, [{"address": "nobody@example.com", "kind": "hard", "source": "smtp"}])
            full = self.wait_for(self.send("full@example.com")["delivery"], "failed", "sent", "deferred")
            self.assertEqual((full["state"], "mailbox full" in full["words"]), ("deferred", True))
            self.assertEqual(self.refused("email.send", mailbox="sales@example.org", address="nobody@example.com", subject="x", text="y")["code"], "refused")

    def test_are_not_spoken_to_if_their_certificate_is_a_strangers(self):
        with Serving(self.folder):
            self.add_mailbox(self.postfix.port, smtp_security="starttls")
            found = self.wait_for(self.send("bob@example.com")["delivery"], "sent", "failed", "deferred")
            self.assertEqual(found["state"], "deferred", found)
            self.assertEqual(self.folder.json("query", "SELECT send_state FROM mailbox"), [{"send_state": "failing"}])


if __name__ == "__main__":
    main()
