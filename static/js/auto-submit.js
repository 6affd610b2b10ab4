// <auto-submit> around the fields of a GET form: a choice applies at once, typing after a pause.
const PAUSE = 250;

class AutoSubmit extends HTMLElement {
  connectedCallback() {
    this.addEventListener("change", (event) => {
      if (event.target.type !== "search") this.send(event.target);
    });
    this.addEventListener("input", (event) => {
      if (event.target.type !== "search") return;
      clearTimeout(this.timer);
      this.timer = setTimeout(() => this.send(event.target), PAUSE);
    });
  }

  disconnectedCallback() {
    clearTimeout(this.timer);
  }

  send(field) {
    field.form?.requestSubmit();
  }
}

customElements.define("auto-submit", AutoSubmit);
