"""One story through four plugins and two real servers: a mail arrives, its sender becomes a contact, enters a segment, gets a
follow-up, answers, the follow-up stops, and the report shows it."""

import email
import email.policy
import json
import tempfile
import time
import unittest

from mail_servers import Dovecot, Postfix, why_no_dovecot, why_no_postfix
from support import PATIENCE, FolderTest, Serving, main

QUESTION = """From: Ann Lee <ann@example.com>
To: sales@example.org
Subject: Question about your chairs
Message-ID: <question@example.com>
Date: Wed, 25 Nov 2026 18:00:00 +0000

Do you deliver to Graz?
"""


class Story(FolderTest):
    def setUp(self):
        reason = why_no_postfix() or why_no_dovecot()
        if reason:
            self.skipTest(reason)
        super().setUp()
        for name in ("email", "segmentation", "reporting"):
            answer = self.folder.run("plugins", "enable", f"mortise.{name}")
            self.assertEqual(answer.code, 0, answer.err)
        self.dovecot, self.postfix = (self.start(kind) for kind in (Dovecot, Postfix))
        both = self.folder.write("authorities.pem", self.dovecot.certificate.read_text() + self.postfix.certificate.read_text())
        self.folder.json("settings", "mortise.email", "set", "net.authorities", both)
        answer = self.folder.run("settings", "mortise.email", "set", "passwords", input="sales@example.org secret of sales\n")
        self.assertEqual(answer.code, 0, answer.err)

    def start(self, kind):
        temporary = tempfile.TemporaryDirectory(prefix="mortise-mail-")
        self.addCleanup(temporary.cleanup)
        server = kind(temporary.name)
        server.__enter__()
        self.addCleanup(server.__exit__)
        return server

    def call(self, name, /, **arguments):
        return self.folder.json("call", name, json.dumps(arguments))

    def create(self, kind, /, **values):
        return self.folder.json("records", kind, "create", json.dumps(values))["id"]

    def query(self, sql):
        return self.folder.json("query", sql)

    def eventually(self, get, is_so):
        """What `get` gives, as soon as it is as it should be."""
        end = time.monotonic() + PATIENCE
        while not is_so(found := get()):
            self.assertLess(time.monotonic(), end, f"it stays {found}")
            time.sleep(0.1)
        return found

    def report(self, source, dimension):
        """How many there are of each, as the report says."""
        answer = self.call("reporting.run", definition={"source": source, "rows": [dimension], "measures": [{"as": "n", "of": "count"}]})
        return {cell["row"][0]: cell["values"]["n"] for cell in answer["cells"] if cell["row"]}

    def prepare(self):
        mailbox = self.call(
            "email.add_mailbox", address="sales@example.org", display_name="Sales", imap_host="127.0.0.1", imap_port=self.dovecot.tls_port,
            smtp_host="127.0.0.1", smtp_port=self.postfix.port, smtp_security="starttls", login="none",
        )["mailbox"]
        self.call("segmentation.create_segment", name="Asked us", definition={"events": "email.received"})
        sequence = self.create("email_sequence", name="Welcome", mailbox=mailbox)
        for position, (name, wait) in enumerate((("Thanks", 0), ("Still there", 72))):
            template = self.create("email_template", name=name, subject=name, body="Dear {{contact.name}},\nwe do.\n")
            self.create("email_sequence_step", sequence=sequence, position=position, template=template, wait_hours=wait)

    def members(self):
        return [row["name"] for row in self.query(
            "SELECT c.name AS name FROM segment_membership m JOIN segment s ON s.id = m.segment JOIN contact c ON c.id = m.contact"
            " WHERE s.name = 'Asked us' AND m.left_at IS NULL"
        )]

    def test_from_the_first_mail_to_the_report(self):
        with Serving(self.folder):
            self.prepare()
            self.dovecot.deliver(QUESTION)
            # Its sender becomes a contact and enters the segment.
            self.eventually(self.members, lambda found: found == ["Ann Lee"])
            ann = self.query("SELECT id FROM contact WHERE name = 'Ann Lee'")[0]["id"]
            # The follow-up reaches her, with a ticket of consent.
            self.call("email.enrol", sequence="Welcome", contact=ann)
            raw = self.postfix.wait_for_mail(1)
            self.assertEqual(len(raw), 1)
            arrived = email.message_from_bytes(raw[0], policy=email.policy.default)
            self.assertEqual((arrived["to"].addresses[0].addr_spec, arrived["subject"]), ("ann@example.com", "Thanks"))
            self.assertIn("Dear Ann Lee,", arrived.get_content())
            delivery = self.eventually(lambda: self.query("SELECT state, consent FROM email_delivery")[0], lambda found: found["state"] == "sent")
            self.assertRegex(delivery["consent"], "^allowed as follow-up, ticket")
            self.assertEqual(self.query("SELECT state FROM email_enrolment"), [{"state": "active"}])
            # She answers, and it stops before the second message.
            self.dovecot.deliver(
                f"From: Ann Lee <ann@example.com>\nTo: sales@example.org\nSubject: Re: Thanks\nMessage-ID: <answer@example.com>\n"
                f"In-Reply-To: {arrived['message-id']}\nDate: Wed, 25 Nov 2026 19:00:00 +0000\n\nWonderful!\n"
            )
            enrolment = self.eventually(
                lambda: self.query("SELECT state, stopped_because, next_at FROM email_enrolment")[0], lambda found: found["state"] != "active"
            )
            self.assertEqual(enrolment, {"state": "stopped", "stopped_because": "they answered", "next_at": None})
            # The reports show it, and so does her timeline.
            self.assertEqual(self.report("email_message", "direction"), {"in": 2, "out": 1})
            self.assertEqual(self.report("email_enrolment", "state"), {"stopped": 1})
            self.assertEqual(self.report("email_delivery", "purpose"), {"follow-up": 1})
            seen = [row["type"] for row in self.query("SELECT DISTINCT type FROM event")]
            for kind in ("email.received", "segment.entered", "email.sent", "email.replied"):
                self.assertIn(kind, seen)
        self.assertEqual(len(self.postfix.wait_for_mail(1)), 1)


if __name__ == "__main__":
    main()
