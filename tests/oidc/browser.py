"""A browser as far as signing in needs one: cookies for each host, and redirects that are followed by hand."""

import http.client
import json
import urllib.parse


class Answer:
    """What a server answered."""

    def __init__(self, response):
        self.status = response.status
        self.headers = response.headers
        self.text = response.read().decode("utf-8")
        self.location = response.headers.get("location")

    def detail(self):
        return json.loads(self.text).get("detail", "")


class Browser:
    """Keeps cookies; sends `Secure` ones to this machine, as browsers do."""

    def __init__(self, language="en"):
        self.cookies = {}
        self.language = language

    def ask(self, method, address, value=None, headers=()):
        parts = urllib.parse.urlsplit(address)
        own = self.cookies.setdefault(parts.netloc, {})
        sent = {"accept-language": self.language, **dict(headers)}
        if own:
            sent["cookie"] = "; ".join(f"{name}={text}" for name, text in own.items())
        body = None
        if value is not None:
            body = json.dumps(value)
            sent["content-type"] = "application/json"
        connection = http.client.HTTPConnection(parts.netloc, timeout=30)
        path = urllib.parse.urlunsplit(("", "", parts.path or "/", parts.query, ""))
        connection.request(method, path, body, sent)
        answer = Answer(connection.getresponse())
        connection.close()
        for cookie in answer.headers.get_all("set-cookie") or []:
            name, _, text = cookie.split(";", 1)[0].partition("=")
            if text:
                own[name] = text
            else:
                own.pop(name, None)
        return answer

    def get(self, address):
        return self.ask("GET", address)

    def until(self, address, there):
        """Follows redirects until one leads to an address that begins like this, and gives that one."""
        for _ in range(10):
            answer = self.get(address)
            assert answer.status in (302, 303), f"{address} answers {answer.status}: {answer.text[:400]}"
            address = urllib.parse.urljoin(address, answer.location)
            if address.startswith(there):
                return address
        raise AssertionError(f"nothing leads to {there}")
