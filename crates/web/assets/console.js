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

  // A part that is drawn anew whenever the server says that it changed.
  const follow = () => {
    document.querySelectorAll(".live[data-events]").forEach((part) => {
      const source = new EventSource(part.dataset.events);
      source.onmessage = async (event) => {
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
    const wrong = document.querySelector("[role=alert][autofocus]");
    if (wrong) wrong.focus();
  });
})();
