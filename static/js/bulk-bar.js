// <bulk-bar> around a toolbar and its menus: arrows walk, a letter leads to the item that begins with it.
const MENU = ":popover-open";
const STEPS = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 };

class BulkBar extends HTMLElement {
  connectedCallback() {
    this.addEventListener("keydown", (event) => this.walk(event));
    // Later: htmx forgets the pressed button when that loses the focus.
    this.closest("form").addEventListener("submit", () => setTimeout(() => document.querySelector(MENU)?.hidePopover()));
    // Toggles do not bubble. A key may press a button of the bar while that is not shown.
    this.addEventListener("beforetoggle", (event) => event.newState === "open" && !this.firstElementChild.checkVisibility() && event.preventDefault(), true);
    this.addEventListener("toggle", ({ target, newState }) => newState === "open" && !target.contains(document.activeElement) && target.querySelector("button, input, select")?.focus(), true);
  }

  walk(event) {
    const menu = event.target.closest("[popover], [role=toolbar]");
    if (!menu || !event.target.matches("button, [type=checkbox]")) return;
    const items = [...menu.querySelectorAll("button:not([disabled]), [type=checkbox]")];
    const at = items.indexOf(event.target);
    const step = STEPS[event.key];
    const begins = (item) => item.textContent.trim().toLowerCase().startsWith(event.key.toLowerCase());
    const letter = menu.popover && event.key.length === 1 && event.key !== " " && !event.ctrlKey && !event.metaKey;
    const next = step ? items[(at + step + items.length) % items.length] : letter && [...items.slice(at + 1), ...items].find(begins);
    if (!next) return;
    event.preventDefault();
    next.focus();
  }
}

customElements.define("bulk-bar", BulkBar);
