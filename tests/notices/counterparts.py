"""A mail server (aiosmtpd) and a receiver of webhooks (standardwebhooks) on loopback, until standard input closes.

Usage: counterparts.py FOLDER. FOLDER holds server.pem and server.key. What arrives is written there, as `mails.jsonl`
and `hooks.jsonl`; where to reach us, as `environment`, once everything listens.
"""

import base64
import http.server
import json
import os
import pathlib
import secrets
import ssl
import sys
import threading
import time

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

folder = pathlib.Path(sys.argv[1])
lock = threading.Lock()


def write(name, line):
    with lock, open(folder / name, "a", encoding="utf-8") as file:
        file.write(json.dumps(line, ensure_ascii=False) + "\n")


class Mailbox:
    """Takes mails, but for some addresses that stand for what goes wrong."""

    def __init__(self, server):
        self.server = server

    async def handle_RCPT(self, server, session, envelope, address, options):
        refusals = {
            "unknown@bank.example": f"550 5.1.1 <{address}>: Recipient address rejected: no such mailbox",
            "greylisted@bank.example": "451 4.7.1 Greylisted, come back later",
            "rule@bank.example": "554 5.7.1 Relay access denied",
        }
        if address in refusals:
            return refusals[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        if "content@bank.example" in envelope.rcpt_tos:
            return "554 5.6.0 This content is not taken"
        write(
            "mails.jsonl",
            {
                "server": self.server,
                "encrypted": session.ssl is not None,
                "authenticated": session.authenticated,
                "from": envelope.mail_from,
                "to": envelope.rcpt_tos,
                "mail": envelope.content.decode("utf-8"),
            },
        )
        return "250 OK"


class SmtpsMailbox(Mailbox):
    async def handle_DATA(self, server, session, envelope):
        session.ssl = session.ssl or server.transport.get_extra_info("ssl_object")
        return await super().handle_DATA(server, session, envelope)


password = secrets.token_urlsafe(24)


def authenticate(server, session, envelope, mechanism, login):
    given = (login.login.decode(), login.password.decode())
    return AuthResult(success=given == ("dualtrack", password), handled=False)


def context():
    made = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    made.load_cert_chain(folder / "server.pem", folder / "server.key")
    return made


class Receiver(http.server.BaseHTTPRequestHandler):
    """Verifies what arrives with the official library, and answers as the path asks."""

    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def answer(self, status, headers=()):
        self.send_response(status)
        for name, value in headers:
            self.send_header(name, value)
        self.send_header("content-length", "0")
        self.end_headers()

    def drip(self, first, letter):
        try:
            self.wfile.write(first)
            for _ in range(120):
                self.wfile.write(letter)
                time.sleep(0.5)
        except OSError:
            pass

    def do_GET(self):
        write("hooks.jsonl", {"path": self.path, "verified": False, "followed": True})
        self.answer(200)

    def do_POST(self):
        body = self.rfile.read(int(self.headers["content-length"]))
        headers = {name.lower(): value for name, value in self.headers.items()}
        secret = old_secret if self.path == "/old" else new_secret
        try:
            Webhook(secret).verify(body, headers)
            verified = True
        except WebhookVerificationError:
            verified = False
        write(
            "hooks.jsonl",
            {
                "path": self.path,
                "id": headers["webhook-id"],
                "timestamp": headers["webhook-timestamp"],
                "signatures": len(headers["webhook-signature"].split(" ")),
                "type": headers["content-type"],
                "encrypted": isinstance(self.connection, ssl.SSLSocket),
                "body": body.decode("utf-8"),
                "verified": verified,
            },
        )
        self.close_connection = True
        if not verified:
            self.answer(401)
        elif self.path in ("/ok", "/old", "/followed"):
            self.answer(200)
        elif self.path.startswith("/redirect/"):
            self.answer(int(self.path.rpartition("/")[2]), [("location", "/followed")])
        elif self.path == "/slow":
            time.sleep(20)
        elif self.path == "/drip-head":
            self.drip(b"HTTP/1.1 200 OK\r\nx-slow: ", b"x")
        elif self.path == "/drip-body":
            self.drip(b"HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n", b"x")
        elif self.path == "/endless":
            try:
                self.wfile.write(b"HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n")
                for _ in range(10_000):
                    self.wfile.write(b"x" * 65_536)
            except OSError:
                pass
        else:
            self.answer(int(self.path.strip("/")))


def make_secret():
    return "whsec_" + base64.b64encode(secrets.token_bytes(32)).decode()


def serve_http(tls):
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Receiver)
    server.daemon_threads = True
    if tls:
        server.socket = context().wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server.server_address[1]


def serve_smtp(controller):
    controller.start()
    return controller.server.sockets[0].getsockname()[1]


class AnyPort(Controller):
    """A controller that lets the system choose the port, which aiosmtpd's own knocks at before it is known."""

    def _trigger_server(self):
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()


new_secret, old_secret = make_secret(), make_secret()
plain = serve_smtp(AnyPort(Mailbox("plain"), hostname="127.0.0.1", port=0))
starttls = serve_smtp(
    AnyPort(
        Mailbox("starttls"),
        hostname="127.0.0.1",
        port=0,
        tls_context=context(),
        require_starttls=True,
        authenticator=authenticate,
        auth_required=True,
    )
)
smtps = serve_smtp(AnyPort(SmtpsMailbox("tls"), hostname="127.0.0.1", port=0, ssl_context=context()))
names = {
    "DUALTRACK_TEST_SMTP": f"127.0.0.1:{plain}",
    "DUALTRACK_TEST_SMTP_TLS": f"127.0.0.1:{starttls}",
    "DUALTRACK_TEST_SMTPS": f"127.0.0.1:{smtps}",
    "DUALTRACK_TEST_SMTP_PASSWORD": password,
    "DUALTRACK_TEST_AUTHORITY": str(folder / "authority.pem"),
    "DUALTRACK_TEST_WEBHOOK": f"http://127.0.0.1:{serve_http(False)}",
    "DUALTRACK_TEST_WEBHOOK_TLS": f"https://localhost:{serve_http(True)}",
    "DUALTRACK_TEST_WEBHOOK_SECRETS": f"{new_secret} {old_secret}",
}
text = "".join(f"export {name}='{value}'\n" for name, value in names.items())
(folder / "environment.part").write_text(text)
os.rename(folder / "environment.part", folder / "environment")
sys.stdin.read()
os._exit(0)
