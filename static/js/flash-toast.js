// <flash-toast data-stay=ms>: says itself to screen readers, goes after a while unless it is an error, hovered or focused.
const STAY = 8_000;

class FlashToast extends HTMLElement {
  connectedCallback() {
    this.querySelector("[data-close]")?.addEventListener("click", () => this.remove());
    this.announce();
    if (this.dataset.level === "error") return;
    this.stay = () => clearTimeout(this.timer);
    this.leave = () => {
      this.stay();
      this.timer = setTimeout(() => this.remove(), Number(this.dataset.stay) || STAY);
    };
    for (const type of ["pointerenter", "focusin"]) this.addEventListener(type, this.stay);
    for (const type of ["pointerleave", "focusout"]) this.addEventListener(type, this.leave);
    this.leave();
  }

  disconnectedCallback() {
    clearTimeout(this.timer);
  }

  // A live region must stand before its text comes, or it stays silent.
  announce() {
    const region = document.getElementById(this.dataset.level === "error" ? "assertive" : "polite");
    const text = this.querySelector(".toast__text")?.textContent.trim();
    setTimeout(() => region && (region.textContent = text), 100);
  }
}

customElements.define("flash-toast", FlashToast);

// The server says HX-Trigger: {"hd:flash": {"text": "…", "level": "success"}}.
document.addEventListener("hd:flash", (event) => {
  const toast = document.getElementById("toast").content.firstElementChild.cloneNode(true);
  const level = event.detail.level || "success";
  toast.dataset.level = level;
  toast.classList.add(`toast--${level}`);
  toast.querySelector(".toast__text").textContent = event.detail.text ?? event.detail.value;
  document.getElementById("flash").append(toast);
});

// HX-Trigger: {"hd:say": "New reply from Maria"} speaks without showing.
document.addEventListener("hd:say", (event) => {
  document.getElementById("polite").textContent = event.detail.value;
});
