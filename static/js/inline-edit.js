// <inline-edit>: a small form that took the place of a text; Escape or its cancel link puts it away.
class InlineEdit extends HTMLElement {
  connectedCallback() {
    if (!this.closest("#ticket-step")) return;
    this.querySelector("input:not([type=hidden])").focus();
    this.addEventListener("keydown", (event) => event.key === "Escape" && this.leave(event));
    this.querySelector("[data-cancel]").addEventListener("click", (event) => this.leave(event));
  }

  leave(event) {
    event.preventDefault();
    this.remove();
    document.querySelector("#edit-subject")?.focus();
  }
}

customElements.define("inline-edit", InlineEdit);
