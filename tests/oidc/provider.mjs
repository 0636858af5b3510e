// The OpenID provider `oidc-provider` (npm) on loopback, with people who sign in without a form, and one thing of its own:
// on request it lies, as a provider that was taken over or a forger on the way would.
//
// Usage: node provider.mjs REDIRECT CLIENT SECRET; prints its address. POST /control says who signs in next, and how.
import { createHmac, createSign, generateKeyPairSync } from "node:crypto";
import { createServer } from "node:http";
import Provider from "oidc-provider";

const [redirect, client, secret] = process.argv.slice(2);
const people = {
  "sub-mok": { email: "Mok@harbour.example", email_verified: true, groups: ["ai-owners"] },
  "sub-mok-again": { email: "mok@harbour.example", email_verified: true, groups: ["ai-owners"] },
  "sub-lau": { email: "lau@harbour.example", email_verified: false, groups: ["ai-developers"] },
  "sub-cheung": { email: "cheung@harbour.example", email_verified: true, groups: ["canteen"] },
  "sub-wong": { email: "wong@harbour.example", email_verified: true, groups: ["ai-owners"] },
  "sub-nobody": { email: "nobody@harbour.example", email_verified: true, groups: ["ai-owners"] },
};
const keyOf = (kid) => {
  const pair = generateKeyPairSync("rsa", { modulusLength: 2048 });
  return { kid, ...pair, jwk: { ...pair.privateKey.export({ format: "jwk" }), kid, use: "sig", alg: "RS256" } };
};
const own = keyOf("own");
const another = keyOf("another");
const published = (key) => ({ ...key.publicKey.export({ format: "jwk" }), kid: key.kid, use: "sig", alg: "RS256" });

// Who signs in next; when and how she did; and what is made up.
let next = {};
let strayed = 0;

const server = createServer();
await new Promise((listening) => server.listen(0, "127.0.0.1", listening));
const issuer = `http://127.0.0.1:${server.address().port}`;

const provider = new Provider(issuer, {
  clients: [{ client_id: client, client_secret: secret, redirect_uris: [redirect] }],
  jwks: { keys: [own.jwk] },
  cookies: { keys: ["of a test"] },
  acrValues: ["strong"],
  conformIdTokenClaims: false,
  claims: { openid: ["sub"], email: ["email", "email_verified"], groups: ["groups"] },
  features: { devInteractions: { enabled: false } },
  interactions: { url: (_, interaction) => `/interaction/${interaction.uid}` },
  findAccount: (_, id) => ({ accountId: id, claims: () => ({ sub: id, ...people[id] }) }),
  async loadExistingGrant(context) {
    const { client: { clientId }, session: { accountId } } = context.oidc;
    const grant = new provider.Grant({ clientId, accountId });
    grant.addOIDCScope("openid email groups");
    await grant.save();
    return grant;
  },
});
const answers = provider.callback();

const base64url = (value) => Buffer.from(value).toString("base64url");

/** An ID token that says anything, signed by anybody. */
function token({ claims, algorithm = "RS256", key = "own", kid = key }) {
  const text = [{ alg: algorithm, kid, typ: "JWT" }, claims].map((part) => base64url(JSON.stringify(part))).join(".");
  const signature = {
    RS256: () => createSign("RSA-SHA256").update(text).sign((key === "own" ? own : another).privateKey),
    HS256: () => createHmac("sha256", secret).update(text).digest(),
    none: () => "",
  }[algorithm]();
  return `${text}.${base64url(signature)}`;
}

async function body(request) {
  let text = "";
  for await (const part of request) text += part;
  return text;
}

function json(response, value, status = 200) {
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(value));
}

server.on("request", async (request, response) => {
  const { pathname } = new URL(request.url, issuer);
  if (pathname === "/control") {
    next = JSON.parse(await body(request));
    return json(response, { strayed });
  }
  if (pathname.startsWith("/interaction/")) {
    const login = { accountId: next.person, ts: next.at, acr: next.acr };
    const result = next.declines ? { error: "access_denied" } : { login };
    return provider.interactionFinished(request, response, result, { mergeWithLastSubmission: false });
  }
  if (pathname === "/elsewhere") {
    strayed += 1;
    return json(response, {});
  }
  if (pathname === "/token" && next.redirects) {
    return response.writeHead(307, { location: `${issuer}/elsewhere` }).end();
  }
  if (pathname === "/token" && next.floods) {
    return json(response, { access_token: "x".repeat(4_000_000) });
  }
  if (pathname === "/token" && next.lie) {
    await body(request);
    return json(response, { access_token: "x", token_type: "Bearer", expires_in: 60, id_token: token(next.lie) });
  }
  if (pathname === "/jwks" && next.rotated) {
    return json(response, { keys: [published(another)] });
  }
  return answers(request, response);
});
console.log(issuer);
