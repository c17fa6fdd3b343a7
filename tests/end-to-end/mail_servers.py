"""Mail servers for tests: a real Postfix on loopback, and one that says what a test tells it to."""

import os
import pathlib
import pwd
import shutil
import socket
import subprocess
import threading
import time

PATIENCE = 60


def free_port():
    """A port that nobody listens at now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def why_no_postfix():
    """Why Postfix cannot be started here; nothing if it can."""
    if shutil.which("postfix", path="/usr/sbin:/usr/bin") is None:
        return "postfix is not installed"
    if os.geteuid() != 0:
        return "only root can start postfix"
    return None


class Postfix:
    """Takes mail for everybody at example.com but `nobody`, puts it into files, and encrypts with a certificate of its own."""

    def __init__(self, root):
        self.root = pathlib.Path(root)
        self.port = free_port()
        self.mail = self.root / "mail"
        self.certificate = self.root / "cert.pem"

    def __enter__(self):
        config, queue, data = (self.root / name for name in ("config", "queue", "data"))
        for folder in (config, queue, data, self.mail):
            folder.mkdir()
        self.root.chmod(0o755)
        user = pwd.getpwnam("postfix")
        os.chown(data, user.pw_uid, user.pw_gid)
        os.chown(self.mail, user.pw_uid, user.pw_gid)
        subprocess.run(
            ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", self.root / "key.pem", "-out", self.certificate,
             "-days", "2", "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"],
            check=True, capture_output=True,
        )
        (config / "boxes").write_text("/^nobody@/ REJECT\n/./ all/\n")
        (config / "recipients").write_text("/^nobody@/ REJECT 5.1.1 no such user here\n/^full@/ 452 4.2.2 mailbox full\n")
        (config / "main.cf").write_text(
            f"""compatibility_level = 3.6
queue_directory = {queue}
data_directory = {data}
maillog_file = {self.root}/mail.log
maillog_file_prefixes = {self.root}
myhostname = localhost
mydestination =
mynetworks = 127.0.0.0/8
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
virtual_mailbox_domains = example.com
virtual_mailbox_base = {self.mail}
virtual_mailbox_maps = regexp:{config}/boxes
virtual_uid_maps = static:{user.pw_uid}
virtual_gid_maps = static:{user.pw_gid}
virtual_minimum_uid = 1
smtpd_recipient_restrictions = check_recipient_access regexp:{config}/recipients, permit_mynetworks, reject
smtpd_tls_cert_file = {self.certificate}
smtpd_tls_key_file = {self.root}/key.pem
smtpd_tls_security_level = may
smtpd_peername_lookup = no
"""
        )
        services = [
            f"127.0.0.1:{self.port} inet n - n - - smtpd",
            "pickup unix n - n 60 1 pickup", "cleanup unix n - n - 0 cleanup", "qmgr unix n - n 300 1 qmgr",
            "rewrite unix - - n - - trivial-rewrite", "bounce unix - - n - 0 bounce", "defer unix - - n - 0 bounce",
            "trace unix - - n - 0 bounce", "verify unix - - n - 1 verify", "virtual unix - n n - - virtual",
            "anvil unix - - n - 1 anvil", "scache unix - - n - 1 scache", "error unix - - n - - error",
            "retry unix - - n - - error", "discard unix - - n - - discard", "proxymap unix - - n - - proxymap",
            "tlsmgr unix - - n 1000? 1 tlsmgr", "postlog unix-dgram n - n - 1 postlogd",
        ]
        (config / "master.cf").write_text("\n".join(services) + "\n")
        self.config = config
        done = subprocess.run(["/usr/sbin/postfix", "-c", config, "start"], capture_output=True, text=True)
        if done.returncode != 0:
            raise AssertionError("postfix did not start: " + done.stderr)
        self._wait_for_port()
        return self

    def _wait_for_port(self):
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            try:
                with socket.create_connection(("127.0.0.1", self.port), timeout=5) as connection:
                    if connection.recv(3) == b"220":
                        return
            except OSError:
                pass
            time.sleep(0.05)
        raise AssertionError("postfix does not answer")

    def __exit__(self, *_):
        subprocess.run(["/usr/sbin/postfix", "-c", self.config, "stop"], capture_output=True, check=False)

    def wait_for_mail(self, count):
        """The messages that were delivered, as soon as there are so many."""
        end = time.monotonic() + PATIENCE
        while True:
            found = sorted((self.mail / "all" / "new").glob("*")) if (self.mail / "all" / "new").exists() else []
            if len(found) >= count or time.monotonic() > end:
                return [path.read_bytes() for path in found]
            time.sleep(0.05)


class ScriptedSmtp:
    """Takes mail, but for the lines that `script` answers otherwise: it is given a line and gives a reply, None for the usual
    one, or an empty text to end the connection."""

    def __init__(self, script=lambda line: None):
        self.script = script
        self.taken = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def close(self):
        self._listener.close()

    def _run(self):
        while True:
            try:
                peer, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(peer,), daemon=True).start()

    def _serve(self, peer):
        with peer, peer.makefile("rb") as lines:
            peer.sendall(b"220 scripted\r\n")
            data = None
            for raw in lines:
                line = raw.decode("utf-8", "replace").rstrip("\r\n")
                if data is not None and line != ".":
                    data += raw
                    continue
                reply = self.script(line)
                if reply == "":
                    return
                if line == "." and data is not None:
                    if reply is None:
                        self.taken.append(data)
                    data = None
                if line == "DATA" and reply is None:
                    data = b""
                    reply = "354 go ahead"
                try:
                    peer.sendall(((reply or "250 2.0.0 ok") + "\r\n").encode())
                except OSError:
                    return
                if line == "QUIT":
                    return
