// <compose-keys>: the foot of a composer. What the keys of hot-keys ask for: sends, goes to a tab; counts who will get it, says what is promised.
class ComposeKeys extends HTMLElement {
  connectedCallback() {
    this.form = this.closest("form");
    this.text = this.form.querySelector("textarea");
    this.ear = new AbortController();
    const on = (target, type, call) => target.addEventListener(type, call, { signal: this.ear.signal });
    on(this.form, "input", ({ target }) => target.closest(".composer__lines") && this.count());
    on(this.form, "change", ({ target }) => /^promise_/.test(target.name) && this.promise(target));
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

  promise(changed) {
    const pick = this.form.querySelector("[name=promise_pick]");
    if (changed === pick) this.form.querySelector(`[name=promise_at][value="${pick.value && "pick"}"]`).checked = true;
    const { value, dataset } = this.form.querySelector("[name=promise_at]:checked");
    const picked = value === "pick" && pick.value;
    const time = picked && new Date(picked).toLocaleString(document.documentElement.lang, { weekday: "short", day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" });
    this.querySelector("#add-promise span").textContent = picked ? pick.dataset.chip.replace("{time}", time) : dataset.chip;
  }

  count() {
    const line = this.form.querySelector("[data-count]");
    const body = new FormData(this.form);
    const all = ["to", "cc", "bcc"].flatMap((name) => (body.get(name) || "").split(/[,;]/));
    if (line) line.textContent = line.dataset.count.replace("{n}", all.filter((part) => part.trim()).length);
  }
}

customElements.define("compose-keys", ComposeKeys);
