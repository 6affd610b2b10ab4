// <command-palette>: arrows move through what the server found, Enter runs it by hot-keys; real focus stays in the field.
const ROW = "[role=option]";

class CommandPalette extends HTMLElement {
  connectedCallback() {
    this.dialog = this.closest("dialog");
    this.field = this.querySelector("[role=combobox]");
    this.list = this.querySelector("[role=listbox]");
    this.dialog.addEventListener("toggle", (event) => event.newState === "open" && this.begin());
    this.addEventListener("keydown", (event) => this.press(event));
    this.addEventListener("click", (event) => this.run(event.target.closest(ROW)));
    this.addEventListener("htmx:afterSwap", () => this.settle());
  }

  begin() {
    this.field.value = "";
    this.querySelector("[name=scope]").value = document.body.dataset.scope;
    this.field.focus();
    htmx.trigger(this.field, "search");
  }

  // What is not on this page cannot be done here.
  settle() {
    for (const row of this.list.querySelectorAll(ROW)) row.hidden = "click reach".includes(row.dataset.do) && !document.querySelector(row.dataset.to);
    for (const part of this.list.querySelectorAll("[role=group]")) part.hidden = !part.querySelector(`${ROW}:not([hidden])`);
    this.mark(this.rows()[0]);
  }

  rows() {
    return [...this.list.querySelectorAll(`${ROW}:not([hidden])`)];
  }

  mark(row) {
    this.list.querySelector("[aria-selected=true]")?.setAttribute("aria-selected", "false");
    row?.setAttribute("aria-selected", "true");
    row?.scrollIntoView({ block: "nearest" });
    this.field.setAttribute("aria-activedescendant", row?.id ?? "");
  }

  press(event) {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const rows = this.rows();
    const at = rows.findIndex((row) => row.ariaSelected === "true");
    if (step) this.mark(rows.at((at + step) % rows.length));
    else if (event.key === "Enter") this.run(rows[at]);
    else return;
    event.preventDefault();
  }

  run(row) {
    if (!row) return;
    this.dialog.close();
    document.dispatchEvent(new CustomEvent("hd:run", { detail: row.dataset }));
  }
}

customElements.define("command-palette", CommandPalette);
