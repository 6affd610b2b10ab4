// <row-selection> around a list and the form of its bulk bar: ranges, pages, a selection that outlives paging.
const ROW = "[data-row-check]";
const OVER = "dialog[open], :popover-open";

class RowSelection extends HTMLElement {
  connectedCallback() {
    this.form = this.querySelector("form");
    this.every = this.form.elements.all;
    this.listeners = new AbortController();
    const hear = (target, type, act) => target.addEventListener(type, act, { signal: this.listeners.signal });
    hear(this, "click", ({ target, shiftKey }) => target.matches(ROW) && this.pick(target, shiftKey));
    hear(this, "change", ({ target }) => {
      if (target.matches("[data-page-check]")) this.check(this.rows, target.checked);
      if (target === this.every) this.show();
    });
    hear(this, "htmx:afterSettle", () => this.restore());
    hear(this.form, "formdata", ({ formData }) => {
      for (const id of this.ids) if (!this.rows.some((row) => row.value === id)) formData.append("ids", id);
      // With nothing selected a key means the line that has the focus.
      if (!this.ids.size && !this.every.checked && this.focused) formData.append("ids", this.focused.value);
    });
    hear(this.form, "reset", () => {
      this.ids.clear();
      this.check(this.rows, false);
      setTimeout(() => this.show()); // "all that match" is reset after this event
    });
    hear(document, "hd:bulk", () => this.form.reset());
    hear(document, "hd:select", ({ detail }) => this.command(detail));
    hear(document, "keydown", ({ key }) => key === "Escape" && this.hasAttribute("on") && !document.querySelector(OVER) && this.form.reset());
    this.restore();
  }

  disconnectedCallback() {
    this.listeners.abort();
  }

  get rows() {
    return [...this.querySelectorAll(ROW)];
  }

  get focused() {
    return document.activeElement.closest("tr")?.querySelector(ROW);
  }

  // Ids only, kept for this list in this tab.
  get key() {
    return `selected:${this.querySelector("[data-list]")?.value}`;
  }

  restore() {
    this.ids = new Set(JSON.parse(sessionStorage.getItem(this.key) || "[]"));
    for (const row of this.rows) row.checked = this.ids.has(row.value);
    this.show();
    // The control that had the focus is gone with the bar.
    if (this.lost && document.activeElement === document.body) this.querySelector("[data-row-link]")?.focus();
    this.lost = false;
  }

  pick(row, ranged) {
    const { rows } = this;
    const [from, to] = [rows.indexOf(ranged ? this.anchor : row), rows.indexOf(row)].sort((a, b) => a - b);
    this.anchor = row;
    this.check(rows.slice(from < 0 ? to : from, to + 1), row.checked);
  }

  check(rows, checked) {
    for (const row of rows) {
      row.checked = checked;
      this.ids[checked ? "add" : "delete"](row.value);
    }
    sessionStorage.setItem(this.key, JSON.stringify([...this.ids]));
    this.show();
  }

  show() {
    const { rows, every, form, ids } = this;
    const on = every.checked || ids.size > 0;
    const page = this.querySelector("[data-page-check]") || {};
    page.hidden = false;
    page.checked = rows.length > 0 && rows.every((row) => row.checked);
    page.indeterminate = !page.checked && rows.some((row) => row.checked);
    const count = form.querySelector("[data-count]");
    const { everything, selected } = form.dataset;
    const words = every.checked ? everything : selected.replace("{n}", ids.size);
    if (on && count.textContent !== words) document.dispatchEvent(new CustomEvent("hd:say", { detail: { value: words } }));
    count.textContent = words;
    if (!on && form.contains(document.activeElement)) this.lost = true;
    this.toggleAttribute("on", on);
  }

  command(what) {
    if (what === "page") return this.check(this.rows, !this.rows.every((row) => row.checked));
    const row = this.focused;
    if (row) row.checked = what === "range" || !row.checked;
    if (row) this.pick(row, what === "range");
  }
}

customElements.define("row-selection", RowSelection);
