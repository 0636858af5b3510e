// What pages do beyond links and forms. Without it everything still works.
(() => {
  "use strict";

  // What stands behind the # of a link that is good once never reaches the server by itself.
  const fill = () => {
    const field = document.querySelector("input[name=secret]");
    if (field && location.hash.length > 1) {
      field.value = location.hash.slice(1);
      history.replaceState(null, "", location.pathname);
    }
  };

  // A second click on the same button does nothing.
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.method !== "post" || form.dataset.sent) {
      if (form.dataset.sent) event.preventDefault();
      return;
    }
    form.dataset.sent = "1";
    const button = form.querySelector("button[type=submit]");
    if (button) button.setAttribute("aria-busy", "true");
  });
  addEventListener("pageshow", () => {
    document.querySelectorAll("form[data-sent]").forEach((form) => {
      delete form.dataset.sent;
      form.querySelectorAll("button[aria-busy]").forEach((button) => button.removeAttribute("aria-busy"));
    });
  });

  // Passkeys. The button shows where the browser can, and at the only address where it may; it sends the form it is in.
  const bytes = (text) =>
    Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (letter) => letter.charCodeAt(0));
  const text = (buffer) =>
    btoa(String.fromCharCode(...new Uint8Array(buffer))).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
  const decoded = (list) => list.map((one) => ({ ...one, id: bytes(one.id) }));

  const asked = async (part) => {
    const language = document.documentElement.lang;
    const answer = await fetch(part.dataset.options, { method: "POST", headers: { "accept-language": language } });
    const options = await answer.json();
    if (!answer.ok) throw new Error(options.detail);
    options.challenge = bytes(options.challenge);
    if ("makes" in part.dataset) {
      options.user.id = bytes(options.user.id);
      options.excludeCredentials = decoded(options.excludeCredentials);
      const { response } = await navigator.credentials.create({ publicKey: options });
      return { client_data: text(response.clientDataJSON), attestation: text(response.attestationObject) };
    }
    options.allowCredentials = decoded(options.allowCredentials);
    const { id, response } = await navigator.credentials.get({ publicKey: options });
    return {
      id,
      client_data: text(response.clientDataJSON),
      authenticator_data: text(response.authenticatorData),
      signature: text(response.signature),
      user_handle: response.userHandle ? text(response.userHandle) : null,
    };
  };

  const passkeys = () => {
    document.querySelectorAll(".passkey[data-options]").forEach((part) => {
      if (!window.PublicKeyCredential) return;
      const here = location.origin === part.dataset.origin;
      const elsewhere = part.querySelector(".elsewhere");
      if (elsewhere) {
        elsewhere.hidden = here;
        elsewhere.querySelector("a").href = part.dataset.origin + location.pathname + location.search;
      }
      part.querySelector(".without")?.remove();
      const form = part.closest("form");
      if (!here) {
        if ("makes" in part.dataset) form.querySelectorAll(".field").forEach((field) => (field.hidden = true));
        return;
      }
      const [button, said, kept] = [part.querySelector("button"), part.querySelector(".problem"), part.querySelector("input")];
      const fields = [...form.elements].filter((field) => part.dataset.instead.split(" ").includes(field.name));
      button.parentElement.hidden = false;
      button.addEventListener("click", async () => {
        const needed = fields.filter((field) => field.required);
        needed.forEach((field) => (field.required = false));
        said.textContent = "";
        button.setAttribute("aria-busy", "true");
        try {
          if (form.reportValidity()) {
            kept.value = JSON.stringify(await asked(part));
            kept.disabled = false;
            fields.forEach((field) => field.type === "password" && (field.value = ""));
            form.requestSubmit();
          }
        } catch (error) {
          needed.forEach((field) => (field.required = true));
          const ours = error.constructor === Error && error.message;
          said.textContent = ours || (error.name === "InvalidStateError" && part.dataset.known) || part.dataset.failed;
        }
        button.removeAttribute("aria-busy");
      });
    });
  };

  // A part that is drawn anew whenever the server says that it changed.
  const follow = () => {
    document.querySelectorAll(".live[data-events]").forEach((part) => {
      const source = new EventSource(part.dataset.events);
      source.onmessage = async (event) => {
        if (!part.isConnected) return source.close();
        const answer = await fetch(part.dataset.address, { headers: { "x-part": "live" } });
        if (answer.ok) part.innerHTML = await answer.text();
        if (event.data === "done") {
          source.close();
          location.reload();
        }
      };
      source.onerror = () => {
        if (source.readyState === EventSource.CLOSED) source.close();
      };
    });
  };

  document.addEventListener("DOMContentLoaded", () => {
    fill();
    follow();
    passkeys();
    const wrong = document.querySelector("[role=alert][autofocus]");
    if (wrong) wrong.focus();
  });

  // Sorting, filtering and paging change the page where one stands. What does not come back so is asked for as a page.
  document.addEventListener("htmx:afterSettle", () => {
    follow();
    document.getElementById("main").focus({ preventScroll: true });
  });
  ["htmx:responseError", "htmx:sendError", "htmx:timeout"].forEach((name) =>
    document.addEventListener(name, (event) => location.assign(event.detail.pathInfo.finalRequestPath)),
  );
})();
