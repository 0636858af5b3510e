"""Signs in at a real provider and at one that lies, and checks who gets in and who does not.

Usage: check.py SERVER PROVIDER CLIENT SECRET TOKEN
"""

import json
import sys
import time
import urllib.parse

from browser import Browser

server, provider, client, secret, token = sys.argv[1:6]
CALLBACK = f"{server}/sign-in/oidc/callback"
SESSION = "__Host-dualtrack"
WAITING = "__Host-dualtrack-sign-in"
host = urllib.parse.urlsplit(server).netloc
checks = 0


def equal(what, found, expected):
    global checks
    checks += 1
    assert found == expected, f"{what}: {found!r}, not {expected!r}"


def holds(what, true):
    equal(what, bool(true), True)


def control(**wanted):
    return Browser().ask("POST", f"{provider}/control", wanted)


def query(address):
    return dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(address).query))


def way(browser, step_up=False):
    """The address of the provider to which a sign-in leads."""
    answer = browser.get(f"{server}/sign-in/oidc" + ("?step_up=1" if step_up else ""))
    assert answer.status == 303, f"begins: {answer.status} {answer.text}"
    return answer.location


def back(browser, step_up=False):
    """The address at which the provider sends the browser back."""
    return browser.until(way(browser, step_up), CALLBACK)


def goes_on(browser, wanted, expected):
    """Signs in for a page, and is led there; an address of elsewhere leads to the first page."""
    begun = browser.get(f"{server}/sign-in/oidc?" + urllib.parse.urlencode(wanted))
    answer = browser.get(browser.until(begun.location, CALLBACK))
    equal(f"goes on from {wanted}: {answer.text}", (answer.status, answer.location), (303, expected))


def refused(what, answer, words, status=401):
    equal(f"{what}: status", answer.status, status)
    holds(f"{what}: {answer.detail()!r} says {words!r}", words in answer.detail())
    holds(f"{what}: no session", not any(SESSION + "=" in text for text in answer.headers.get_all("set-cookie") or []))


def me(browser):
    answer = browser.get(f"{server}/api/v1/me")
    return json.loads(answer.text) if answer.status == 200 else None


def signed_in(person, **how):
    """A browser in which somebody is signed in."""
    browser = Browser()
    control(person=person, **how)
    answer = browser.get(back(browser))
    equal(f"{person} is sent on: {answer.text}", (answer.status, answer.location), (303, "/"))
    return browser


# Accounts of people of the record, opened by an administrator.
for person, name in [("mok-lai-sheung", "mok"), ("wong-ka-wing", "wong"), ("lau-chi-ho", "lau"), ("cheung-mei-ling", "cheung")]:
    account = {"person": person, "name": name, "email": f"{name}@harbour.example"}
    opened = Browser().ask("POST", f"{server}/api/v1/actions/open-account", account, {"authorization": f"Bearer {token}"})
    equal(f"account of {name}: {opened.text}", opened.status, 200)

# What is asked for.
address = way(Browser())
asked = query(address)
holds("asks at the provider", address.startswith(f"{provider}/auth?"))
equal("asks for a code", (asked["response_type"], asked["client_id"], asked["redirect_uri"]), ("code", client, CALLBACK))
equal("with PKCE", (asked["code_challenge_method"], len(asked["code_challenge"])), ("S256", 43))
equal("with state and nonce", (len(asked["state"]), len(asked["nonce"])), (43, 43))
holds("no secret leaves", secret not in address)

# Somebody of the record gets in, and only she.
browser = signed_in("sub-mok")
equal("the person", me(browser)["person"], "mok-lai-sheung")
equal("no fresh sign-in was asked for", me(browser)["stepped_up"], False)
holds("the cookie of the way is gone", WAITING not in browser.cookies[host])
equal("again, now by her identity", me(signed_in("sub-mok"))["person"], "mok-lai-sheung")

# What is used, mistyped, or another's.
control(person="sub-mok")
browser, other = Browser(), Browser()
callback = back(browser)
way(other)
refused("another browser that signs in too", other.get(callback), "not begun in this browser")
refused("a browser without a cookie", Browser().get(callback), "not begun in this browser")
wrong = urllib.parse.urlencode({**query(callback), "state": "A" * 43})
refused("a wrong state", browser.get(f"{CALLBACK}?{wrong}"), "not begun in this browser")
refused("no state", browser.get(f"{CALLBACK}?code=x"), "not begun in this browser")
kept = dict(browser.cookies[host])
equal("the right browser is none the worse", browser.get(callback).status, 303)
browser.cookies[host] = kept
refused("the callback again", browser.get(callback), "used already")
begun = query(way(browser))
used = urllib.parse.urlencode({"code": query(callback)["code"], "state": begun["state"], "iss": provider})
refused("a code that was used", browser.get(f"{CALLBACK}?{used}"), "`invalid_grant`")
begun = query(way(browser))
mixed = urllib.parse.urlencode({"code": "x", "state": begun["state"], "iss": "https://evil.example"})
refused("another provider's answer", browser.get(f"{CALLBACK}?{mixed}"), "another provider's")
control(declines=True)
browser = Browser()
refused("a provider that says no", browser.get(back(browser)), "`access_denied`")

# People who do not get in.
for person, words, chinese in [
    ("sub-nobody", "you have no account here", "你在此沒有帳戶"),
    ("sub-lau", "did not verify your e-mail", "尚未核實你的電郵地址"),
    ("sub-mok-again", "you have no account here", "你在此沒有帳戶"),
    ("sub-cheung", "none of your offices", "不包含你的任何職務"),
]:
    control(person=person)
    for language, text in [("en", words), ("zh-HK,zh", chinese)]:
        browser = Browser(language)
        refused(f"{person} in {language}", browser.get(back(browser)), text)
        equal(f"{person} is not signed in", me(browser), None)

# Showing again who one is.
refused("a step-up of nobody", Browser().get(f"{server}/sign-in/oidc?step_up=1"), "sign in")
browser = signed_in("sub-mok")
asked = query(way(browser, step_up=True))
equal("asks anew", (asked["prompt"], asked["max_age"], asked["acr_values"]), ("login", "0", "strong"))
old = dict(browser.cookies[host])
control(person="sub-mok", acr="strong", at=int(time.time()) - 3600)
refused("an old sign-in at the provider", browser.get(back(browser, step_up=True)), "too long ago")
control(person="sub-mok", acr="weak")
refused("a sign-in in another way", browser.get(back(browser, step_up=True)), "in the way that approvals need")
# Somebody else sits down, and the provider asks her: it has forgotten the one before.
browser.cookies[urllib.parse.urlsplit(provider).netloc].clear()
control(person="sub-wong", acr="strong")
refused("somebody else", browser.get(back(browser, step_up=True)), "somebody else")
browser.cookies[urllib.parse.urlsplit(provider).netloc].clear()
equal("nothing was stepped up", me(browser)["stepped_up"], False)
control(person="sub-mok", acr="strong")
stepping = back(browser, step_up=True)
stolen = Browser()
stolen.cookies[host] = {WAITING: browser.cookies[host][WAITING]}
answer = browser.get(stepping)
equal(f"a fresh sign-in: {answer.text}", (answer.status, answer.location), (303, "/"))
equal("counts for approvals", me(browser)["stepped_up"], True)
holds("the session has a new name", browser.cookies[host][SESSION] != old[SESSION])
before = Browser()
before.cookies[host] = {SESSION: old[SESSION]}
equal("the old one is dead", me(before), None)
refused("a step-up again", stolen.get(stepping), "used already")

# Whoever asked for a page comes back to it, and to no page of anybody else's.
goes_on(browser, {"step_up": 1, "next": "/do/approve?use=credit-card-default&stage=pilot"}, "/do/approve?use=credit-card-default&stage=pilot")
for elsewhere in ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)", "/a b", ""]:
    goes_on(browser, {"next": elsewhere}, "/")

# A provider that lies, or a forger in its place.
def lie(what, words, step_up=False, status=401, claims=(), **how):
    liar = signed_in("sub-mok") if step_up else Browser()
    control(person="sub-mok", acr="strong")
    address = way(liar, step_up)
    now = int(time.time())
    said = {"iss": provider, "sub": "sub-mok", "aud": client, "iat": now, "exp": now + 60, "nonce": query(address)["nonce"],
            "email": "mok@harbour.example", "email_verified": True, "groups": ["ai-owners"], "acr": "strong", **dict(claims)}
    callback = liar.until(address, CALLBACK)
    control(lie={"claims": {name: value for name, value in said.items() if value is not None}, **how})
    answer = liar.get(callback)
    if words is None:
        equal(f"{what}: {answer.text}", answer.status, 303)
    else:
        refused(what, answer, words, status)
    return liar


lie("the truth, so that the others are lies in one thing", None)
lie("a signature by another key", "signature", key="another", kid="own")
lie("a signature by a key that nobody published", "signature", key="another")
lie("no signature", "signature", algorithm="none")
lie("a signature by what both keep secret", "signature", algorithm="HS256")
lie("a token for somebody else", "for somebody else", claims={"aud": "another-client"})
lie("a token for us and somebody else", "for somebody else", claims={"aud": [client, "another-client"]})
lie("a token by somebody else", "by somebody else", claims={"iss": "https://evil.example"})
lie("a token that is over", "is over", claims={"exp": int(time.time()) - 5})
lie("a token of another sign-in", "another sign-in", claims={"nonce": "x" * 43})
lie("a token without a nonce", "another sign-in", claims={"nonce": None})
lie("an address of unknown standing", "did not verify", claims={"sub": "sub-new", "email_verified": None})
lie("a step-up without its time", "auth_time", step_up=True)
lie("a step-up in the future", "too long ago", step_up=True, claims={"auth_time": int(time.time()) + 3600})
liar = lie("a step-up that is fresh", None, step_up=True, claims={"auth_time": int(time.time())})
equal("it counts", me(liar)["stepped_up"], True)
for what, wanted in [("a redirect", "redirects"), ("an answer without end", "floods")]:
    browser = Browser()
    control(person="sub-mok")
    callback = back(browser)
    control(**{wanted: True})
    answer = browser.get(callback)
    holds(f"{what}: {answer.status}", answer.status in (401, 503))
equal("nobody was followed elsewhere", control().text, '{"strayed":0}')

# Keys that the provider changed are read once ours are ten seconds old.
time.sleep(11)
browser = Browser()
control(person="sub-mok")
address = way(browser)
callback = browser.until(address, CALLBACK)
now = int(time.time())
claims = {"iss": provider, "sub": "sub-mok", "aud": client, "iat": now, "exp": now + 60, "nonce": query(address)["nonce"], "groups": ["ai-owners"]}
control(rotated=True, lie={"claims": claims, "key": "another"})
equal("a key that was published since", browser.get(callback).status, 303)
print(f"{checks} checks passed")
