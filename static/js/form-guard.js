// Nothing typed is lost, nothing is sent twice: busy forms, refused and failed requests, the line, the session.
const PATIENCE = 15_000;
const words = () => JSON.parse(document.getElementById("words").textContent);
const box = () => document.getElementById("trouble");

const tell = (text, { signIn = false, again = null } = {}) => {
  box().querySelector("[data-text]").textContent = text;
  box().querySelector("[data-sign-in]").hidden = !signIn;
  const retry = box().querySelector("[data-retry]");
  retry.hidden = !again;
  retry.onclick = () => {
    hush();
    again?.();
  };
  box().hidden = false;
};
// A part of the page that could not be read stands as it was; what asked for it asks once more.
const reading = ({ elt, requestConfig: { path, target } }) => () => {
  if (elt.isConnected && elt.matches("form")) elt.requestSubmit();
  else htmx.ajax("GET", path, { source: elt.isConnected ? elt : document.body, target });
};
const hush = () => (box().hidden = true);

const release = (form) => {
  form.removeAttribute("aria-busy");
  for (const button of form.querySelectorAll("[data-held]")) {
    button.disabled = false;
    delete button.dataset.held;
  }
};
const hold = (form) => {
  form.setAttribute("aria-busy", "true");
  setTimeout(() => release(form), PATIENCE); // a stopped or downloaded answer never tells us its end
  // Later, because a button disabled at once would not send its own name and value.
  setTimeout(() => {
    for (const button of form.querySelectorAll("button:not([disabled]):not([type=button])")) {
      button.disabled = true;
      button.dataset.held = "";
    }
  });
};

document.addEventListener("submit", (event) => {
  if (event.target.getAttribute("aria-busy") !== "true") return;
  event.preventDefault();
  event.stopImmediatePropagation();
}, true);
document.addEventListener("submit", ({ target, defaultPrevented }) => {
  if (!defaultPrevented && target.method === "post") hold(target);
});
document.addEventListener("htmx:beforeRequest", (event) => {
  if (event.target.matches("form") && event.detail.requestConfig.verb !== "get") hold(event.target);
});
document.addEventListener("htmx:afterRequest", (event) => {
  if (event.target.matches("form[aria-busy]")) release(event.target);
  if (event.detail.successful && event.detail.requestConfig.verb !== "get") hush();
});
window.addEventListener("pageshow", () => document.querySelectorAll("form[aria-busy]").forEach(release));

const failed = (event) => {
  const { xhr, requestConfig, target } = event.detail;
  const status = xhr?.status || 0;
  if (status === 401) return tell(words().signedOut, { signIn: true });
  const read = requestConfig?.verb === "get";
  if (read && requestConfig.triggeringEvent?.type === "hd:tick") return;
  if (status === 403) return tell(words().forbidden);
  if (status === 413) return tell(words().tooLarge);
  const id = status >= 500 && xhr.getResponseHeader("X-Request-ID");
  const text = (read ? words().notLoaded : words().notSaved) + (id ? ` (${id})` : "");
  tell(text, { again: read && target?.isConnected ? reading(event.detail) : null });
};
for (const type of ["htmx:responseError", "htmx:sendError", "htmx:timeout"]) document.addEventListener(type, failed);

document.addEventListener("hd:login", () => tell(words().signedOut, { signIn: true }));
window.addEventListener("offline", () => tell(words().offline));
window.addEventListener("online", hush);
document.addEventListener("click", (event) => event.target.closest("#trouble [data-close]") && hush());

// Signing in again in another tab turns the CSRF token: fetch the new one before the form is sent again.
window.addEventListener("focus", async () => {
  if (!box() || box().hidden || box().querySelector("[data-sign-in]").hidden) return;
  const answer = await fetch(location.href).catch(() => null);
  if (!answer?.ok || answer.redirected) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const token = page.querySelector("[name=csrfmiddlewaretoken]")?.value;
  if (!token) return;
  for (const field of document.querySelectorAll("[name=csrfmiddlewaretoken]")) field.value = token;
  hush();
});
