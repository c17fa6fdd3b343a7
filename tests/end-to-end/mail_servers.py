"""Mail servers for tests: a real Postfix and a real Dovecot on loopback, one that says what a test tells it to, and a proxy that cuts."""

import os
import pathlib
import pwd
import shutil
import socket
import ssl
import subprocess
import threading
import time

PATIENCE = 60


def free_port():
    """A port that nobody listens at now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def why_no_server(name):
    """Why no server that changes its user can be started here; nothing if it can."""
    if os.geteuid() != 0:
        return f"only root can start {name}"
    if not os.stat("/").st_mode & 0o001:
        return f"the root folder of this machine is closed to the user {name}"
    return None


def why_no_postfix():
    """Why Postfix cannot be started here; nothing if it can."""
    if shutil.which("postfix", path="/usr/sbin:/usr/bin") is None:
        return "postfix is not installed"
    return why_no_server("postfix")


class Postfix:
    """Takes mail for everybody at example.com but `nobody`, puts it into files, and encrypts with a certificate of its own."""

    def __init__(self, root):
        self.root = pathlib.Path(root)
        self.port = free_port()
        self.mail = self.root / "mail"

    def __enter__(self):
        config, queue, data = (self.root / name for name in ("config", "queue", "data"))
        for folder in (config, queue, data, self.mail):
            folder.mkdir()
        self.root.chmod(0o755)
        user = pwd.getpwnam("postfix")
        os.chown(data, user.pw_uid, user.pw_gid)
        os.chown(self.mail, user.pw_uid, user.pw_gid)
        self.certificate, key = make_certificate(self.root)
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
smtpd_tls_key_file = {key}
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
            log = self.root / "mail.log"
            raise AssertionError("postfix did not start: " + done.stderr + (log.read_text() if log.exists() else ""))
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
        self._listener.shutdown(socket.SHUT_RDWR)  # closing alone leaves the thread in accept, with the number of the next socket
        self._thread.join()
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
                    data.extend(raw)
                    continue
                reply = self.script(line)
                if reply == "":
                    return
                if line == "." and data is not None:
                    if reply is None:
                        self.taken.append(bytes(data))
                    data = None
                if line == "DATA" and reply is None:
                    data = bytearray()
                    reply = "354 go ahead"
                try:
                    peer.sendall(((reply or "250 2.0.0 ok") + "\r\n").encode())
                except OSError:
                    return
                if line == "QUIT":
                    return


def make_certificate(folder):
    """A certificate for localhost and its key, as files in the folder."""
    certificate, key = folder / "cert.pem", folder / "key.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", key, "-out", certificate,
         "-days", "2", "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"],
        check=True, capture_output=True,
    )
    return certificate, key


def why_no_dovecot():
    """Why Dovecot cannot be started here; nothing if it can."""
    if shutil.which("dovecot", path="/usr/sbin:/usr/bin") is None or not pathlib.Path("/usr/lib/dovecot/imap").exists():
        return "dovecot-imapd is not installed"
    return why_no_server("dovecot")


class Dovecot:
    """Keeps mailboxes for `users`, each with the password "secret of USER", and lets them be read by IMAP."""

    def __init__(self, root, users=("sales",)):
        self.root = pathlib.Path(root)
        self.users = users
        self.tls_port, self.port = free_port(), free_port()
        self.config = self.root / "dovecot.conf"
        self._number = 0

    def __enter__(self):
        self.root.chmod(0o755)
        self.certificate, self.key = make_certificate(self.root)
        self.owner = pwd.getpwnam("mail")
        (self.root / "users").write_text("".join(f"{user}@example.org:{{PLAIN}}secret of {user}\n" for user in self.users))
        for name in ("mail", "home", "run", "state"):
            (self.root / name).mkdir()
        for name in ("mail", "home"):
            os.chown(self.root / name, self.owner.pw_uid, self.owner.pw_gid)
        self.config.write_text(
            f"""base_dir = {self.root}/run
state_dir = {self.root}/state
log_path = {self.root}/dovecot.log
protocols = imap
listen = 127.0.0.1
ssl = yes
ssl_cert = <{self.certificate}
ssl_key = <{self.key}
disable_plaintext_auth = no
first_valid_uid = 1
first_valid_gid = 1
mail_location = maildir:{self.root}/mail/%n
mailbox_list_index = no
passdb {{
  driver = passwd-file
  args = {self.root}/users
}}
userdb {{
  driver = static
  args = uid={self.owner.pw_uid} gid={self.owner.pw_gid} home={self.root}/home/%n allow_all_users=yes
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {self.port}
  }}
  inet_listener imaps {{
    port = {self.tls_port}
    ssl = yes
  }}
}}
"""
        )
        self._process = subprocess.Popen(
            ["/usr/sbin/dovecot", "-F", "-c", self.config], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
        )
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            if self._process.poll() is not None:
                raise AssertionError("dovecot did not start: " + self._process.stderr.read())
            try:
                with socket.create_connection(("127.0.0.1", self.port), timeout=5) as connection:
                    if connection.recv(4) == b"* OK":
                        return self
            except OSError:
                pass
            time.sleep(0.05)
        raise AssertionError("dovecot does not answer")

    def __exit__(self, *_):
        self._process.terminate()
        self._process.wait(PATIENCE)
        self._process.stderr.close()

    def deliver(self, text, user="sales", folder=""):
        """Puts a message into a mailbox, as a delivery agent does. `folder` is as Maildir++ names it: ".Archive"."""
        box = self.root / "mail" / user / folder
        for name in ("", "cur", "new", "tmp"):
            path = box / name
            path.mkdir(parents=True, exist_ok=True)
            os.chown(path, self.owner.pw_uid, self.owner.pw_gid)
        self._number += 1
        name = f"{time.time():.6f}.{self._number:06}.test"
        written = box / "tmp" / name
        written.write_bytes(text if isinstance(text, bytes) else text.replace("\n", "\r\n").encode())
        os.chown(written, self.owner.pw_uid, self.owner.pw_gid)
        written.rename(box / "new" / name)

    def doveadm(self, *arguments):
        return subprocess.run(
            ["/usr/bin/doveadm", "-c", self.config, *arguments], check=True, capture_output=True, text=True
        ).stdout


class CuttingProxy:
    """Stands between a client and an IMAP server, decrypts what is said, and cuts the connection where a test wants it.

    `cut(who, text)` is asked before a line of the client is passed on (who is "client"), and before what the server says
    is ("server"); when it is true, nothing more is passed on: of what the server says the first half is."""

    def __init__(self, server_port, certificate, key):
        self.server_port = server_port
        self.cut = lambda who, text: False
        self.cuts = 0
        self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._context.load_cert_chain(certificate, key)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def close(self):
        self._listener.shutdown(socket.SHUT_RDWR)  # closing alone leaves the thread in accept, with the number of the next socket
        self._thread.join()
        self._listener.close()

    def _run(self):
        while True:
            try:
                peer, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(peer,), daemon=True).start()

    def _serve(self, peer):
        try:
            with self._context.wrap_socket(peer, server_side=True) as client, socket.create_connection(("127.0.0.1", self.server_port)) as server:
                back = threading.Thread(target=self._answer, args=(client, server), daemon=True)
                back.start()
                self._pass_on(client, server)
                server.shutdown(socket.SHUT_RDWR)
                back.join(PATIENCE)
        except OSError:
            pass

    def _pass_on(self, client, server):
        with client.makefile("rb") as lines:
            try:
                for line in lines:
                    if self.cut("client", line.decode("utf-8", "replace").rstrip("\r\n")):
                        self.cuts += 1
                        return
                    server.sendall(line)
            except OSError:
                pass

    def _answer(self, client, server):
        try:
            while data := server.recv(65536):
                if self.cut("server", data.decode("utf-8", "replace")):
                    self.cuts += 1
                    client.sendall(data[: len(data) // 2])
                    break
                client.sendall(data)
            client.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass
