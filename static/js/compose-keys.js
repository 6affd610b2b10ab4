// <compose-keys>: the foot of a composer. What the keys of hot-keys ask for: sends, goes to a tab; counts who will get it, says what is promised.
class ComposeKeys extends HTMLElement {
  connectedCallback() {
    this.form = this.closest("form");
    this.text = this.form.querySelector("textarea");
    this.ear = new AbortController();
    const on = (target, type, call) => target.addEventListener(type, call, { signal: this.ear.signal });
    on(this.form, "input", ({ target }) => target.closest(".composer__lines") && this.count());
    on(this.form, "change", ({ target: { name, dataset } }) => name === "promise_at" && (this.querySelector("#add-promise span").textContent = dataset.chip));
    on(this.form, "click", ({ target }) => target.closest("[data-edit]") && setTimeout(() => this.text.focus()));
    on(document, "hd:write", (event) => this.write(event.detail));
  }

  disconnectedCallback() {
    this.ear.abort();
  }

  send(way) {
    const kind = this.form.querySelector("[name=kind]:checked")?.value || "reply";
    const button = this.querySelector(`[data-send="${way}"]:is(.for-${kind}, .for-${kind} *)`);
    // A click, for htmx does not know who submitted otherwise, and the status would be lost.
    button?.click();
    return Boolean(button);
  }

  write(kind) {
    const radio = this.form.querySelector(`[name=kind][value="${kind}"]`);
    if (radio && !radio.checked) radio.click();
    this.text.focus();
  }

  count() {
    const line = this.form.querySelector("[data-count]");
    const body = new FormData(this.form);
    const all = ["to", "cc", "bcc"].flatMap((name) => (body.get(name) || "").split(/[,;]/));
    if (line) line.textContent = line.dataset.count.replace("{n}", all.filter((part) => part.trim()).length);
  }
}

customElements.define("compose-keys", ComposeKeys);
