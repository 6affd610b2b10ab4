// <reply-editor data-draft-url>: saves the draft while it is written, sends by keys, keeps the text when sending fails.
const PAUSE = 500;

class ReplyEditor extends HTMLElement {
  connectedCallback() {
    this.form = this.querySelector("form");
    this.text = this.querySelector("textarea");
    this.ear = new AbortController();
    const on = (target, type, call) => target.addEventListener(type, call, { signal: this.ear.signal });
    on(this.form, "input", () => this.later());
    on(this.form, "submit", () => this.stop());
    on(this.form, "htmx:afterRequest", (event) => event.detail.successful || this.resume());
    on(this, "keydown", (event) => this.send(event));
    on(document, "visibilitychange", () => document.hidden && this.timer && this.save({ keepalive: true }));
    on(document, "hd:write", (event) => this.write(event.detail));
  }

  disconnectedCallback() {
    this.stop();
    this.ear.abort();
  }

  get kind() {
    return new FormData(this.form).get("kind") || "reply";
  }

  later() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.save(), PAUSE);
  }

  // A draft on its way must not arrive after the message: stop it, and save nothing until the answer is known.
  stop() {
    this.sending = true;
    clearTimeout(this.timer);
    this.timer = null;
    this.flight?.abort();
  }

  resume() {
    this.sending = false;
    this.later();
  }

  async save({ keepalive = false } = {}) {
    clearTimeout(this.timer);
    this.timer = null;
    if (!this.dataset.draftUrl || this.sending) return;
    if (this.saving) {
      this.again = true;
      return;
    }
    this.saving = true;
    this.flight = new AbortController();
    try {
      const answer = await fetch(this.dataset.draftUrl, { method: "POST", body: this.draft(), keepalive, signal: this.flight.signal });
      this.say(answer.ok ? "draftSaved" : "draftFailed");
    } catch (error) {
      if (error.name !== "AbortError") this.say("draftFailed");
    }
    this.saving = false;
    if (this.again) this.later();
    this.again = false;
  }

  draft() {
    const body = new FormData(this.form);
    for (const [name, value] of [...body]) if (value instanceof File) body.delete(name);
    return body;
  }

  say(word) {
    const line = this.querySelector(".composer__saved");
    if (!line) return;
    line.classList.toggle("composer__saved--failed", word === "draftFailed");
    line.textContent = JSON.parse(document.getElementById("words").textContent)[word];
  }

  send(event) {
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey) || event.isComposing) return;
    event.preventDefault();
    const which = event.shiftKey ? "close" : "default";
    const button = this.querySelector(`[data-send="${which}"]:is(.for-${this.kind}, .for-${this.kind} *)`);
    if (button && !button.disabled) this.form.requestSubmit(button);
  }

  write(kind) {
    const radio = this.form.querySelector(`[name=kind][value="${kind}"]`);
    if (radio && !radio.checked) radio.click();
    this.text.focus();
  }
}

customElements.define("reply-editor", ReplyEditor);
