"""Checks what arrived at the counterparts: which mails, with which headers; which webhooks, and whether they verified.

Usage: check.py FOLDER
"""

import email
import email.policy
import json
import pathlib
import sys

folder = pathlib.Path(sys.argv[1])


def read(name):
    path = folder / name
    assert path.exists(), f"nothing arrived: {name} is missing"
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def equal(what, found, expected):
    assert found == expected, f"{what}: {found!r}, not {expected!r}"


mails = read("mails.jsonl")
by_id = {}
for arrived in mails:
    mail = email.message_from_string(arrived["mail"], policy=email.policy.default)
    equal("defects of a mail", list(mail.defects), [])
    equal("recipients", arrived["to"], ["owner@bank.example"])
    equal("sender", arrived["from"], "dualtrack@bank.example")
    equal("To", [address.addr_spec for address in mail["to"].addresses], ["owner@bank.example"])
    equal("From", mail["from"].addresses[0].addr_spec, "dualtrack@bank.example")
    equal("Auto-Submitted", mail["auto-submitted"], "auto-generated")
    equal("Content-Type", mail.get_content_type(), "text/plain")
    equal("charset", mail.get_content_charset(), "utf-8")
    equal("MIME-Version", mail["mime-version"], "1.0")
    for name in ("Bcc", "Cc", "Reply-To"):
        equal(name, mail[name], None)
    names = [name.lower() for name in mail.keys() if not name.lower().startswith("x-")]
    equal("headers given twice", len(names), len(set(names)))
    name = mail["message-id"].split(".")[0].strip("<")
    by_id.setdefault("together" if name.startswith("together-") else name, []).append((arrived, mail))

equal("mails", {name: len(mails) for name, mails in sorted(by_id.items())},
      {"mail-en": 2, "mail-evil": 1, "mail-starttls": 1, "mail-stop": 1, "mail-tls": 1, "mail-zh": 1, "together": 1})

(_, first), (_, again) = by_id["mail-en"]
equal("Message-ID of a mail sent again", again["message-id"], first["message-id"])
equal("text of a mail sent again", again.get_content(), first.get_content())
assert again["date"] != first["date"], "a mail sent again has its own date"
equal("Subject", first["subject"], "Credit card default was suspended")
equal("name", first["to"].addresses[0].display_name, "A Person")
for part in ("use/credit-card-default", "2026-11-27 15:04 (Hong Kong time)", "https://dualtrack.example/uses/", "entry 123"):
    assert part in first.get_content(), part

(_, evil), = by_id["mail-evil"]
equal("Subject", evil["subject"], "Evil Bcc: everyone@bank.example . RCPT TO:<everyone@bank.example>")

(_, stop), = by_id["mail-stop"]
equal("first line", stop.get_content().splitlines()[0], ".")

(_, chinese), = by_id["mail-zh"]
equal("Subject", chinese["subject"], "「信用卡違約」已被暫停")
equal("name", chinese["to"].addresses[0].display_name, "陳大文")
equal("Content-Language", chinese["content-language"], "zh-Hant-HK")
for part in ("對象：use/credit-card-default", "香港時間", "第 123 項"):
    assert part in chinese.get_content(), part

(_, together), = by_id["together"]
equal("Subject", together["subject"], "2則通知")
equal("notices in one mail", together.get_content().count("「信用卡違約」已被暫停（第 123 項）"), 2)

(encrypted, _), = by_id["mail-starttls"]
equal("STARTTLS", (encrypted["server"], encrypted["encrypted"], encrypted["authenticated"]), ("starttls", True, True))
(encrypted, _), = by_id["mail-tls"]
equal("TLS", (encrypted["server"], encrypted["encrypted"]), ("tls", True))

hooks = read("hooks.jsonl")
assert not any(hook.get("followed") or hook["path"] == "/followed" for hook in hooks), "a redirect was followed"
unverified = sorted({hook["id"] for hook in hooks if not hook["verified"]})
equal("webhooks that did not verify", unverified, ["hook-forged", "hook-stale"])
for hook in hooks:
    body = json.loads(hook["body"])
    equal("Content-Type", hook["type"], "application/json")
    equal("id in the body", body["data"]["id"], hook["id"])
    equal("type", body["type"], "use.suspended")
    equal("timestamp", body["timestamp"], "2026-11-27T07:04:05Z")
    equal("fields", sorted(body["data"]), ["about", "entry", "id", "link", "title"])

first, replay = [hook for hook in hooks if hook["id"] == "hook-ok"]
equal("body of a replay", replay["body"], first["body"])
equal("seconds to the replay", int(replay["timestamp"]) - int(first["timestamp"]), 7)
equal("signatures during a rotation", [(hook["path"], hook["signatures"]) for hook in hooks if hook["id"] == "hook-rotated"],
      [("/ok", 2), ("/old", 2)])
equal("over TLS", [hook["encrypted"] for hook in hooks if hook["id"] == "hook-tls"], [True])
assert not any(hook["id"] == "hook-barred" for hook in hooks), "a private address was called"
expected = {"/500", "/429", "/410", "/404", "/redirect/302", "/redirect/307", "/redirect/308"}
equal("paths", {hook["path"] for hook in hooks if hook["id"] == "hook-status"}, expected)
equal("slow paths", {hook["path"] for hook in hooks if hook["id"] == "hook-slow"},
      {"/slow", "/drip-head", "/drip-body", "/endless"})

print(f"{len(mails)} mails and {len(hooks)} webhooks arrived at programs by others, and are what they should be")
