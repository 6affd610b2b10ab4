// <hot-keys off>: keys from the registry in <script type="application/json" id="commands"> (screens.md 2).
// A command: {id, title, keys: ["g q"], scope: "everywhere"|<body data-scope>, do, to}. Single keys can be switched off.
const PATIENCE = 1_500;
const LINK = "[data-row-link]";

const spell = (event) => {
  const letter = /^\p{L}$/u.test(event.key);
  const dot = { Period: ".", Comma: "," }[event.code];
  const key = event.shiftKey && dot ? dot : letter ? event.key.toLowerCase() : event.key;
  const shift = event.shiftKey && (letter || dot || event.key === "Enter") ? "shift+" : "";
  return `${event.ctrlKey || event.metaKey ? "mod+" : ""}${shift}${key}`;
};
const isField = (target) => target.isContentEditable || target.matches?.("input:not([type=checkbox], [type=radio]), textarea, select");

class HotKeys extends HTMLElement {
  connectedCallback() {
    this.commands = JSON.parse(document.getElementById("commands")?.textContent || "[]");
    this.ear = new AbortController();
    const { signal } = this.ear;
    document.addEventListener("keydown", (event) => this.hear(event), { signal });
    document.addEventListener("change", ({ target }) => target.name === "single_key_shortcuts" && this.toggleAttribute("off", !target.checked), { signal });
    document.addEventListener("hd:run", ({ detail }) => this[detail.do]?.(detail.to), { signal });
  }

  disconnectedCallback() {
    this.ear.abort();
  }

  hear(event) {
    if (event.defaultPrevented || event.isComposing || event.altKey) return;
    const key = spell(event);
    const silent = this.hasAttribute("off") || isField(event.target) || document.querySelector("dialog[open], :popover-open");
    if (!key.startsWith("mod+") && silent) return;
    const keys = this.begun ? `${this.begun} ${key}` : key;
    this.wait("");
    const able = this.here().find((known) => known.keys.includes(keys) && this[known.do]?.(known.to) !== false);
    if (able) event.preventDefault();
    else if (this.here().some((known) => known.keys.some((full) => full.startsWith(`${keys} `)))) this.wait(keys);
  }

  wait(keys) {
    this.begun = keys;
    clearTimeout(this.timer);
    if (keys) this.timer = setTimeout(() => (this.begun = ""), PATIENCE);
  }

  here() {
    return this.commands.filter(({ scope }) => scope === "everywhere" || scope === document.body.dataset.scope);
  }

  // What a command may do; each answers false when its target is not on this page.
  go = (url) => location.assign(url);
  click = (selector) => this.push(document.querySelector(selector));
  row = (selector) => this.push(this.inRow(selector));
  send = (way) => document.activeElement.closest("form")?.querySelector("compose-keys")?.send(way) ?? false;
  write = (kind) => this.tell("hd:write", kind);
  select = (what) => this.tell("hd:select", what);
  pick = (list) => !this.tell("hd:pick", list); // who listens prevents the default

  tell(name, detail) {
    return document.dispatchEvent(new CustomEvent(name, { detail, cancelable: true }));
  }

  reach(selector) {
    const target = document.querySelector(selector);
    target?.focus();
    return Boolean(target) && document.activeElement === target;
  }

  dialog(id) {
    const target = document.getElementById(id);
    if (!target?.open) target?.showModal();
    return Boolean(target);
  }

  // Real focus on the row's link, so Enter opens it and screen readers follow.
  move(step) {
    const links = [...document.querySelectorAll(LINK)];
    const at = links.indexOf(this.inRow(LINK) ?? document.querySelector(`${LINK}[aria-current]`));
    const next = links[at < 0 && step < 0 ? links.length - 1 : at + step];
    next?.focus();
    next?.scrollIntoView({ block: "nearest" });
    return Boolean(next);
  }

  inRow(selector) {
    return document.activeElement.closest("tr, li, [data-row]")?.querySelector(selector);
  }

  // A menu that a key has opened takes the focus, or nobody without a mouse could choose in it.
  push(target) {
    target?.click();
    target?.popoverTargetElement?.querySelector("a, button, input:not([type=hidden]), select")?.focus();
    return Boolean(target);
  }
}

customElements.define("hot-keys", HotKeys);
