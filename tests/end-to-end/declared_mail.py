"""Each command of plugins/email, each of its arguments, and what each of its settings changes; the server says what the story wants."""

import base64
import datetime

from mail_servers import ScriptedSmtp


def message(sender, subject, text="Hello\n"):
    return f"From: {sender}\nTo: sales@example.org\nSubject: {subject}\nMessage-ID: <{subject.replace(' ', '-')}@example.com>\nDate: Wed, 25 Nov 2026 18:00:00 +0000\n\n{text}"


def b64(text):
    return base64.b64encode(text.encode()).decode()


def later(minutes):
    return (datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(minutes=minutes)).strftime("%Y-%m-%dT%H:%M:%SZ")


def correspond(h):
    server = ScriptedSmtp(lambda line: "550 5.1.1 no such user" if line.startswith("RCPT") and "gone@" in line else None)
    try:
        mailboxes(h, server.port)
        receive(h)
        send(h, server)
        follow_up(h)
    finally:
        server.close()


def mailboxes(h, port):
    h.use(
        "email.add_mailbox", address="sales@example.org", display_name="Sales", strangers="contact", smtp_host="127.0.0.1", smtp_port=port, smtp_security="none",
        login="none", user_name="sales", signature="The sales team", hourly_limit=100, daily_limit=1000, time_zone="Europe/Vienna",
    )
    # Nobody listens there: it is read in vain, and says so.
    h.use(
        "email.add_mailbox", address="far@example.org", imap_host="127.0.0.1", imap_port=9, imap_security="tls", imap_folders=["INBOX"], imap_idle=False,
        poll_minutes=60, sync_since="2026-01-01", login="none", sent_copy="always", sent_folder="Sent",
    )
    assert h.use("email.sync_mailbox", mailbox="far@example.org") == {"started": True}
    h.eventually(lambda: h.one("SELECT sync_state FROM mailbox WHERE address = 'far@example.org'")["sync_state"] == "failing")


def receive(h):
    assert h.use("email.parse", text=message("Ann Lee <ann@example.com>", "Parsed"))["subject"] == "Parsed"
    assert h.use("email.parse", raw=b64(message("Ann Lee <ann@example.com>", "Parsed")))["from"][0]["address"] == "ann@example.com"
    (h.folder.root / "mail").mkdir()
    h.folder.write("mail/one.eml", message("Carl <carl@example.com>", "From a file"))
    with h.setting("email", "import_folder", str(h.folder.root / "mail")):
        assert h.use("email.parse", path="one.eml")["subject"] == "From a file"
        counts = h.use("email.import_messages", path=".", mailbox="sales@example.org", after=0)
        assert (counts["read"], counts["stored"]) == (1, 1), counts
    assert h.refused("email.import_messages", path="one.eml")["code"] in ("refused", "invalid")
    taken = h.use("email.ingest", text=message("Ann Lee <ann@example.com>", "Question"), mailbox="sales@example.org", folder="INBOX")
    assert taken["result"] == "stored" and taken["contact"], taken
    h.use("email.ingest", raw=b64(message("Ann Lee <ann@example.com>", "Question")))
    h.parameters.update({"email.of_contact": {"contact": taken["contact"]}, "email.of_thread": {"thread": taken["thread"]}})
    with h.setting("email", "strangers", "ask"):
        waiting = h.use("email.ingest", text=message("Dora <dora@example.com>", "Who am I"))
        assert waiting["result"] == "waiting", waiting
        dora = h.create("contact", kind="person", name="Dora")
        assert h.use("email.adopt_sender", message=waiting["message"], contact=dora) == {"contact": dora, "messages": 1}
    h.use("email.ingest", text="Return-Path: <>\n" + message(
        "MAILER-DAEMON@example.com", "failure notice",
        "Hi. This is the qmail-send program at example.com.\n\n<ann@example.com>:\n452 4.2.2 mailbox full\n",
    ))


def send(h, server):
    h.create("email_template", name="Offer", subject="Our offer", body="Dear {{contact.name}}, {{what}}")
    ann = h.one("SELECT contact FROM email_message WHERE subject = 'Question'")["contact"]
    asked = h.one("SELECT id FROM email_message WHERE subject = 'Question'")["id"]
    seen = h.use("email.send", mailbox="sales@example.org", contact=ann, template="Offer", values={"what": "chairs"}, preview=True)
    assert "Dear Ann Lee, chairs" in seen["text"] and not seen.get("delivery"), seen
    sent = h.use(
        "email.send", mailbox="sales@example.org", contact=ann, address="ann@example.com", template="Offer", subject="Re: Question", text="Yes.",
        values={}, answers=asked, purpose="correspondence", unsubscribe_url="https://example.org/out", at=later(-1), preview=False,
    )
    state = lambda which: h.show("email_delivery", which)["state"]
    h.eventually(lambda: state(sent["delivery"]) == "sent")
    with h.setting("email", "keep_raw", True):
        h.use("email.ingest", text=message("Ann Lee <ann@example.com>", "As it came"))
    raw = h.one("SELECT id, raw_type FROM email_message WHERE subject = 'As it came'")
    assert raw["raw_type"] == "message/rfc822", raw
    h.use("email.send", mailbox="sales@example.org", contact=ann, subject="On", text="See there", attachments=[{"type": "email_message", "record": raw["id"], "field": "raw"}])
    assert h.one("SELECT content_name FROM email_attachment WHERE content_name = 'message.eml'")
    waits = h.use("email.send", mailbox="sales@example.org", contact=ann, subject="Later", text="Hello", at=later(60))["delivery"]
    assert h.use("email.cancel_delivery", delivery=waits) == {"state": "cancelled"}
    failed = h.use("email.send", mailbox="sales@example.org", address="gone@example.com", subject="To nobody", text="Hello")["delivery"]
    h.eventually(lambda: state(failed) == "failed")
    assert h.use("email.allow", address="gone@example.com") == {"address": "gone@example.com"}
    assert h.use("email.send_again", delivery=failed) == {"state": "queued"}
    h.eventually(lambda: state(failed) == "failed" and h.show("email_delivery", failed)["attempts"] == 1)
    assert h.use("email.recover_deliveries") == {"queued": 0, "ambiguous": 0}
    assert h.use("email.set_up_purposes") == {"made": 0}
    assert h.use("email.suppress", address="no@example.com", because="asked") == {"address": "no@example.com"}
    assert h.refused("email.send", mailbox="sales@example.org", address="no@example.com", subject="x", text="y")["code"] == "refused"
    # Somebody waits for an answer.
    h.use("email.ingest", text=message("Ann Lee <ann@example.com>", "Still there", "Are you?\n"))


def follow_up(h):
    mailbox = h.one("SELECT id FROM mailbox WHERE address = 'sales@example.org'")["id"]
    sequence = h.create("email_sequence", name="Welcome", mailbox=mailbox)
    template = h.create("email_template", name="Welcome", subject="Welcome", body="Dear {{contact.name}}")
    for position, wait in ((1, 1), (2, 72)):
        h.create("email_sequence_step", sequence=sequence, position=position, template=template, wait_hours=wait)
    eve = h.create("contact", kind="person", name="Eve", email="eve@example.com")
    enrolment = h.use("email.enrol", sequence="Welcome", contact=eve)["enrolment"]
    h.use("email.advance_enrolments")
    assert h.show("email_enrolment", enrolment)["state"] == "active"
    assert h.use("email.stop_enrolment", enrolment=enrolment) == {"state": "stopped"}
    assert h.show("email_enrolment", enrolment)["stopped_because"] == "by hand"


def settings(h):
    with h.setting("email", "internal_domains", ["house.example"]):
        assert h.use("email.ingest", text=message("Colleague <me@house.example>", "Inside"))["contact"] is None
    with h.setting("email", "not_people", ["robot"]):
        assert h.use("email.ingest", text=message("robot@example.com", "Beep"))["contact"] is None
    for name in ("purpose", "sequence_purpose"):
        h.create("purpose", name=f"{name}-of-house", legal_basis="legitimate_interest", text="Of the house")
    frank = h.create("contact", kind="person", name="Frank", email="frank@example.com")
    with h.setting("email", "purpose", "purpose-of-house"):
        seen = h.use("email.send", mailbox="sales@example.org", contact=frank, subject="x", text="y", preview=True)
        assert seen["purpose"] == "purpose-of-house", seen
    with h.setting("email", "sequence_purpose", "sequence_purpose-of-house"):
        h.update("email_sequence_step", h.one("SELECT id FROM email_sequence_step WHERE position = 1")["id"], wait_hours=0)
        h.use("email.enrol", sequence="Welcome", contact=frank)
        h.eventually(lambda: h.query("SELECT d.id AS id FROM email_delivery d WHERE d.contact = :c AND d.purpose = 'sequence_purpose-of-house'", c=frank))
    with h.setting("email", "soft_bounces", 1):
        h.use("email.ingest", text="Return-Path: <>\n" + message(
            "MAILER-DAEMON@example.com", "full", "Hi. This is the qmail-send program at example.com.\n\n<frank@example.com>:\n452 4.2.2 mailbox full\n"))
        assert h.refused("email.send", mailbox="sales@example.org", contact=frank, subject="x", text="y")["code"] == "refused"
