// <file-drop data-max-bytes data-max-files>: choose, paste or drop files; each named, sized and removable.
const kept = new Map(); // files of forms that come back refused: a swapped-in input is always empty

class FileDrop extends HTMLElement {
  connectedCallback() {
    this.input = this.querySelector("input[type=file]");
    this.form = this.input.form;
    this.list = this.querySelector(".file-drop__list");
    this.files = [];
    this.ear = new AbortController();
    this.listen();
    this.add(kept.get(this.input.id) || []);
    kept.delete(this.input.id);
  }

  disconnectedCallback() {
    this.ear.abort();
  }

  listen() {
    const on = (target, type, call) => target.addEventListener(type, call, { signal: this.ear.signal });
    on(this.input, "change", () => this.add([...this.input.files]));
    on(this.form, "paste", (event) => this.take(event, event.clipboardData));
    on(this.form, "drop", (event) => this.take(event, event.dataTransfer));
    on(this.form, "dragover", (event) => {
      if (!event.dataTransfer.types.includes("Files")) return;
      event.preventDefault();
      this.form.classList.add("dropping");
    });
    on(this.form, "dragleave", () => this.form.classList.remove("dropping"));
    on(this.form, "reset", () => this.keep([]));
    on(document, "htmx:beforeSwap", ({ detail }) => {
      const refused = [409, 422].includes(detail.xhr.status);
      if (refused && detail.target.contains(this) && this.files.length) kept.set(this.input.id, this.files);
    });
  }

  take(event, transfer) {
    this.form.classList.remove("dropping");
    const files = [...(transfer?.files || [])];
    if (!files.length) return;
    event.preventDefault();
    this.add(files);
  }

  add(files) {
    const words = JSON.parse(document.getElementById("words").textContent);
    const limit = Number(this.dataset.maxBytes) || Infinity;
    const refused = files.filter((file) => file.size > limit);
    const fresh = files.filter((file) => file.size <= limit && !this.files.some((old) => this.same(old, file)));
    const room = (Number(this.dataset.maxFiles) || Infinity) - this.files.length;
    const lines = refused.map((file) => words.fileTooBig.replace("{name}", file.name).replace("{limit}", this.size(limit)));
    if (fresh.length > room) lines.push(words.tooManyFiles.replace("{n}", this.dataset.maxFiles));
    this.querySelector(".file-drop__trouble").textContent = lines.join(" ");
    this.keep([...this.files, ...fresh.slice(0, room)]);
  }

  same(one, other) {
    return one.name === other.name && one.size === other.size && one.lastModified === other.lastModified;
  }

  keep(files) {
    this.files = files;
    const transfer = new DataTransfer();
    for (const file of files) transfer.items.add(file);
    this.input.files = transfer.files;
    this.list.replaceChildren(...files.map((file) => this.row(file)));
  }

  row(file) {
    const row = this.querySelector("template").content.firstElementChild.cloneNode(true);
    row.querySelector("b").textContent = file.name;
    row.querySelector("small").textContent = this.size(file.size);
    const button = row.querySelector("button");
    button.setAttribute("aria-label", button.dataset.label.replace("{name}", file.name));
    button.addEventListener("click", () => {
      this.keep(this.files.filter((other) => other !== file));
      (this.list.querySelector("button") || this.querySelector(".file-drop__button"))?.focus();
    });
    return row;
  }

  size(bytes) {
    const unit = bytes < 1e6 ? "kilobyte" : "megabyte";
    const value = bytes < 1e6 ? Math.max(1, Math.round(bytes / 1024)) : Math.round(bytes / 104_857.6) / 10;
    return new Intl.NumberFormat(document.documentElement.lang, { style: "unit", unit }).format(value);
  }
}

customElements.define("file-drop", FileDrop);
