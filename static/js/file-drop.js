// <file-drop data-max-bytes data-max-files>: choose, paste or drop files; each named, sized and removable.
const kept = new Map(); // files of forms that come back refused: a swapped-in input is always empty
const words = () => JSON.parse(document.getElementById("words").textContent);
const same = (one, other) => ["name", "size", "lastModified"].every((fact) => one[fact] === other[fact]);

class FileDrop extends HTMLElement {
  connectedCallback() {
    [this.input, this.list] = ["input[type=file]", ".file-drop__list"].map((part) => this.querySelector(part));
    this.form = this.input.form;
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
    on(this.form, "dragover", (event) => event.dataTransfer.types.includes("Files") && this.hover(event, true));
    on(this.form, "dragleave", (event) => this.hover(event, false));
    on(this.form, "reset", () => this.keep([]));
    on(this.form, "htmx:xhr:progress", ({ detail }) => this.progress(detail.loaded, detail.total));
    on(this.form, "htmx:afterRequest", () => this.progress(0, 0));
    on(document, "htmx:beforeSwap", ({ detail }) => {
      if ([409, 422].includes(detail.xhr.status) && detail.target.contains(this) && this.files.length) kept.set(this.input.id, this.files);
    });
  }

  hover(event, isOver) {
    event.preventDefault();
    this.form.classList.toggle("dropping", isOver);
  }

  take(event, transfer) {
    const files = [...(transfer?.files || [])];
    if (files.length) this.hover(event, false);
    this.add(event.type === "paste" ? files.map((file) => this.named(file)) : files);
  }

  // Browsers call every pasted picture image.png.
  named(file) {
    if (file.name !== "image.png") return file;
    return new File([file], `${words().pasted} ${new Date().toLocaleString("sv").replace(/\D+/g, "-")}.png`, { type: file.type });
  }

  // Files leave one after the other at the end of the body, so what has left tells how far each is.
  progress(loaded, total) {
    let start = total - this.files.reduce((sum, { size }) => sum + size, 0);
    this.list.querySelectorAll("progress").forEach((bar, place) => {
      [bar.hidden, bar.value] = [start < 0 || !total, Math.max(0, loaded - start) / (this.files[place].size || 1)];
      start += this.files[place].size;
    });
  }

  add(files) {
    const limit = Number(this.dataset.maxBytes) || Infinity, refused = files.filter((file) => file.size > limit);
    const fresh = files.filter((file) => file.size <= limit && !this.files.some((old) => same(old, file)));
    const room = (Number(this.dataset.maxFiles) || Infinity) - this.files.length;
    const lines = refused.map((file) => words().fileTooBig.replace("{name}", file.name).replace("{limit}", this.size(limit)));
    if (fresh.length > room) lines.push(words().tooManyFiles.replace("{n}", this.dataset.maxFiles));
    this.querySelector(".file-drop__trouble").textContent = lines.join(" ");
    this.keep([...this.files, ...fresh.slice(0, room)]);
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
    const [unit, value] = bytes < 1e6 ? ["kilobyte", Math.max(1, Math.round(bytes / 1024))] : ["megabyte", Math.round(bytes / 104_857.6) / 10];
    return new Intl.NumberFormat(document.documentElement.lang, { style: "unit", unit }).format(value);
  }
}

customElements.define("file-drop", FileDrop);
