"""Mailboxes read by the real program from a real Dovecot: whatever breaks, each message is taken in once."""

import base64
import json
import pathlib
import tempfile
import time
import unittest

from mail_servers import CuttingProxy, Dovecot, why_no_dovecot
from support import PATIENCE, FolderTest, Serving, main


def message(number, text="Hello\n", sender="Ann Lee <ann@example.com>", **more):
    """A message that is like no other number's."""
    headers = {
        "From": sender, "To": "sales@example.org", "Subject": f"Message {number}", "Message-ID": f"<{number}@example.com>",
        "Date": "Wed, 25 Nov 2026 18:00:00 +0000",
    }
    headers.update({name.replace("_", "-"): value for name, value in more.items()})
    return "".join(f"{name}: {value}\n" for name, value in headers.items()) + "\n" + text


class ImapTest(FolderTest):
    users = ("sales", "info", "ann")

    def setUp(self):
        reason = why_no_dovecot()
        if reason:
            self.skipTest(reason)
        super().setUp()
        answer = self.folder.run("plugins", "enable", "mortise.email")
        self.assertEqual(answer.code, 0, answer.err)
        temporary = tempfile.TemporaryDirectory(prefix="mortise-dovecot-")
        self.addCleanup(temporary.cleanup)
        self.dovecot = Dovecot(temporary.name, self.users)
        self.addCleanup(self.dovecot.__exit__)
        self.dovecot.__enter__()
        self.folder.json("settings", "mortise.email", "set", "net.authorities", self.dovecot.certificate)
        passwords = "".join(f"{user}@example.org secret of {user}\n" for user in self.users)
        answer = self.folder.run("settings", "mortise.email", "set", "passwords", input=passwords)
        self.assertEqual(answer.code, 0, answer.err)

    def call(self, name, **arguments):
        return self.folder.json("call", name, json.dumps(arguments))

    def query(self, sql):
        return self.folder.json("query", sql)

    def add_mailbox(self, user="sales", port=None, **more):
        return self.call(
            "email.add_mailbox",
            **{"address": f"{user}@example.org", "imap_host": "127.0.0.1", "imap_port": port or self.dovecot.tls_port, "imap_idle": False, **more},
        )

    def sync(self, user="sales"):
        self.call("email.sync_mailbox", mailbox=f"{user}@example.org")

    def count(self, what="email_message"):
        return self.query(f"SELECT count(*) AS n FROM {what}")[0]["n"]

    def health(self):
        return self.query(
            "SELECT b.address, b.sync_state, b.sync_detail, f.name, f.state, f.detail, f.last_uid, f.uid_validity, f.on_server, f.renumbered, f.modseq,"
            " f.passed_over FROM mailbox b LEFT JOIN email_folder f ON f.mailbox = b.id ORDER BY b.address, f.name"
        )

    def wait_until(self, is_so, why):
        end = time.monotonic() + PATIENCE
        while not is_so():
            self.assertLess(time.monotonic(), end, why() if callable(why) else why)
            time.sleep(0.1)

    def wait_for_messages(self, count, what="email_message"):
        """Until there are so many, and no reading is under way."""
        self.wait_until(
            lambda: self.count(what) >= count and self.is_idle(), lambda: f"{self.count(what)} of {count}: {self.health()} {self.jobs()[:5]}"
        )
        self.assertEqual(self.count(what), count)

    def jobs(self):
        return [job for job in self.folder.json("jobs") if job["name"] == "email.sync"]

    def is_idle(self):
        return all(job["state"] not in ("waiting", "running") for job in self.jobs())

    def wait_for_rest(self):
        self.wait_until(self.is_idle, self.jobs)

    def assert_each_once(self, count):
        """So many messages, and as many entries of the sync: none twice."""
        self.wait_for_messages(count)
        self.assertEqual(self.count("(SELECT DISTINCT message_id FROM email_message)"), count)
        self.assertEqual(self.query("SELECT result, count(*) AS n FROM email_sighting GROUP BY result"), [{"result": "stored", "n": count}])


class Files(ImapTest):
    def test_keeps_what_is_attached(self):
        contents = bytes(range(256)) * 3000
        body = (
            "--b\nContent-Type: text/plain\n\nSee there\n--b\nContent-Type: application/pdf\n"
            "Content-Disposition: attachment; filename=\"plan.pdf\"\nContent-Transfer-Encoding: base64\n\n"
            + base64.encodebytes(contents).decode() + "--b--\n"
        )
        self.dovecot.deliver(message(1, body, MIME_Version="1.0", Content_Type="multipart/mixed; boundary=b"))
        self.dovecot.deliver(message(2, body, MIME_Version="1.0", Content_Type="multipart/mixed; boundary=b"))
        with Serving(self.folder):
            self.add_mailbox("sales")
            self.wait_for_messages(2)
            files = self.query("SELECT id, content_name, content_size, content_type FROM email_attachment")
            self.assertEqual(
                [(f["content_name"], f["content_size"], f["content_type"]) for f in files],
                [("plan.pdf", len(contents), "application/pdf")] * 2,
            )
            out = self.folder.root / "plan.pdf"
            self.folder.json("records", "email_attachment", "file", files[0]["id"], "content", "-o", out)
            self.assertEqual(out.read_bytes(), contents)
        kept = [path for path in (self.folder.data / "blobs").rglob("*") if path.is_file()]
        self.assertEqual(len(kept), 1, "two messages brought the same file")


class Reading(ImapTest):
    def test_takes_in_what_arrives_by_tls_and_by_starttls(self):
        self.dovecot.deliver(message(1))
        self.dovecot.deliver(message(2, sender="Bob <bob@example.com>"), "info")
        with Serving(self.folder):
            self.add_mailbox("sales")
            self.add_mailbox("info", self.dovecot.port, imap_security="starttls")
            self.wait_for_messages(2)
            self.assertEqual([(h["sync_state"], h["state"], h["last_uid"], h["on_server"]) for h in self.health()], [("good", "good", 1, 1)] * 2)
            self.assertEqual({c["name"] for c in self.folder.json("contacts", "list")}, {"Ann Lee", "Bob"})
            # An answer comes into the same conversation.
            self.dovecot.deliver(message(3, In_Reply_To="<1@example.com>"))
            self.sync()
            self.wait_for_messages(3)
            self.assertEqual(self.query("SELECT message_count AS n FROM email_thread ORDER BY message_count DESC"), [{"n": 2}, {"n": 1}])
            # The server keeps them as unread as they were.
            self.assertEqual(self.dovecot.doveadm("search", "-u", "sales@example.org", "SEEN"), "")

    def test_keeps_a_message_of_three_mailboxes_once(self):
        for user in self.users:
            self.dovecot.deliver(f"Received: by {user}.example.org; Wed, 25 Nov 2026 18:00:01 +0000\n" + message(1), user)
        with Serving(self.folder):
            for user in self.users:
                self.add_mailbox(user)
            self.wait_for_messages(3, "email_sighting")
        self.assertEqual(self.count(), 1)
        self.assertEqual(sorted(s["result"] for s in self.query("SELECT result FROM email_sighting")), ["duplicate", "duplicate", "stored"])

    def test_is_told_at_once_of_what_arrives(self):
        with Serving(self.folder):
            self.add_mailbox(imap_idle=True)
            # The reading that adding it starts, and the one that follows when somebody watches.
            self.wait_until(lambda: len([j for j in self.jobs() if "mailbox" in j["arguments"]]) >= 2 and self.is_idle(), "nobody idles")
            for number in range(3):
                self.dovecot.deliver(message(number))
                self.wait_for_messages(number + 1)

    def test_survives_new_numbers_without_taking_anything_twice(self):
        for number in range(5):
            self.dovecot.deliver(message(number))
        with Serving(self.folder):
            self.add_mailbox()
            self.assert_each_once(5)
            before = self.health()[0]["uid_validity"]
            self.dovecot.doveadm("mailbox", "update", "-u", "sales@example.org", "--uid-validity", str(before + 1000), "INBOX")
            self.dovecot.deliver(message(5))
            self.sync()
            self.wait_for_messages(6)
            self.wait_for_rest()
            now = self.health()[0]
        self.assertEqual((now["uid_validity"], now["renumbered"], now["sync_state"]), (before + 1000, 1, "good"))
        self.assertEqual(self.count("email_thread"), 6)
        self.assertEqual(
            self.query("SELECT result, count(*) AS n FROM email_sighting GROUP BY result ORDER BY result"),
            [{"result": "duplicate", "n": 5}, {"result": "stored", "n": 6}],
        )

    def test_follows_the_flags_where_the_server_counts_changes(self):
        self.dovecot.deliver(message(1))
        with Serving(self.folder):
            self.add_mailbox()
            self.wait_for_messages(1)
            self.wait_for_rest()
            self.assertGreater(self.health()[0]["modseq"], 0)
            self.dovecot.doveadm("flags", "add", "-u", "sales@example.org", "\\Seen \\Flagged", "mailbox", "INBOX", "uid", "1")
            self.sync()
            self.wait_until(lambda: self.query("SELECT flags FROM email_sighting") == [{"flags": "flagged seen"}], lambda: str(self.query("SELECT * FROM email_sighting")))

    def test_tells_the_truth_about_each_mailbox_and_message(self):
        self.folder.json("settings", "mortise.email", "set", "largest_message", 1)
        self.dovecot.deliver(message(1))
        self.dovecot.deliver(message(2, "x" * 70 + "\n" + "y" * 1_100_000))
        self.dovecot.deliver(message(3))
        self.dovecot.deliver(message(4), folder=".Gr&APwA3w-e")
        with Serving(self.folder):
            self.add_mailbox(imap_folders=["INBOX", "Grüße", "Nowhere"])
            self.wait_for_messages(3)
            self.wait_for_rest()
            found = {h["name"]: h for h in self.health()}
            self.assertEqual([found[name]["state"] for name in ("INBOX", "Grüße", "Nowhere")], ["good", "good", "failing"])
            self.assertIn("EXAMINE", found["Nowhere"]["detail"])
            self.assertEqual(found["INBOX"]["sync_state"], "failing")
            left = self.query("SELECT uid, reason FROM email_sighting WHERE result = 'error'")
            self.assertEqual([entry["uid"] for entry in left], [2])
            self.assertIn("largest_message", left[0]["reason"])
            # A wrong password, a stranger's certificate and a server that is not there are told as what they are.
            self.folder.run("settings", "mortise.email", "set", "passwords", input="sales@example.org wrong\n")
            self.sync()
            self.wait_until(lambda: "let us in" in (self.health()[0]["sync_detail"] or ""), lambda: str(self.health()))

    def test_passes_over_what_is_older_than_it_was_told(self):
        self.dovecot.deliver(message(1))
        with Serving(self.folder):
            self.add_mailbox(sync_since="2999-01-01")
            self.wait_until(lambda: self.health()[0]["state"] == "good" and self.is_idle(), lambda: f"{self.health()} {self.jobs()}")
            self.assertEqual((self.count(), self.health()[0]["passed_over"], self.health()[0]["last_uid"]), (0, 1, 1))


class Breaking(ImapTest):
    def setUp(self):
        super().setUp()
        self.proxy = CuttingProxy(self.dovecot.port, self.dovecot.certificate, self.dovecot.key)
        self.addCleanup(self.proxy.close)

    def test_loses_and_doubles_nothing_when_cut_off_at_any_step(self):
        steps = [
            ("server", "* OK"), ("client", "AUTHENTICATE"), ("server", "Logged in"),
            ("client", "EXAMINE"), ("server", "UIDVALIDITY"), ("client", "RFC822.SIZE"), ("server", "RFC822.SIZE"), ("client", "BODY.PEEK"),
            ("server", "BODY[]"), ("client", "LOGOUT"), ("server", "* BYE"),
        ]
        total = 0
        with Serving(self.folder):
            for who, text in steps:
                with self.subTest(f"{who}: {text}"):
                    before = self.proxy.cuts

                    def cut(by, said, who=who, text=text, before=before):
                        return by == who and text in said and self.proxy.cuts == before

                    for _ in range(2):
                        total += 1
                        self.dovecot.deliver(message(total))
                    self.proxy.cut = cut
                    if total == 2:
                        self.add_mailbox(port=self.proxy.port)
                    else:
                        self.sync()
                    self.wait_until(lambda before=before: self.proxy.cuts > before and self.is_idle(), lambda: f"{self.health()} {self.jobs()[:3]}")
                    self.sync()
                    self.assert_each_once(total)
                    self.wait_for_rest()
                    self.assertEqual(self.health()[0]["sync_state"], "good")
        self.assertEqual(self.proxy.cuts, len(steps))

    def test_loses_and_doubles_nothing_when_the_host_is_killed(self):
        count = 30
        for number in range(count):
            self.dovecot.deliver(message(number))
        moments = [("client", 1), ("server", 3), ("client", 4), ("server", 2), ("server", 5)]
        for at, (who, which) in enumerate(moments):
            host = Serving(self.folder)
            seen = []

            def cut(by, said, host=host, seen=seen, who=who, which=which):
                if by == who and ("BODY.PEEK" in said or "BODY[]" in said):
                    seen.append(said)
                    if len(seen) == which:
                        host.process.kill()
                        host.process.wait()
                return False

            self.proxy.cut = cut
            with host:
                if at == 0:
                    self.folder_call_ignoring_end("email.add_mailbox", address="sales@example.org", imap_host="127.0.0.1", imap_port=self.proxy.port, imap_idle=False)
                else:
                    self.folder_call_ignoring_end("email.sync_mailbox", mailbox="sales@example.org")
                host.process.wait(PATIENCE)
                host.process.stdout.close()
                host.process.stderr.close()
            self.assertLess(self.folder.json("query", "SELECT count(*) AS n FROM email_message")[0]["n"], count, "it was killed in the middle")
        self.proxy.cut = lambda who, text: False
        with Serving(self.folder):
            self.sync()
            self.assert_each_once(count)
            self.assertEqual(self.count("email_thread"), count)

    def folder_call_ignoring_end(self, name, **arguments):
        """Calls a command of a host that may be killed before it answers."""
        self.folder.run("--json", "call", name, json.dumps(arguments))


if __name__ == "__main__":
    main()
