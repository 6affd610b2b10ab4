// <copy-text for="id"><button hidden>: copies what that field holds; hidden where the browser lets nobody copy.
class CopyText extends HTMLElement {
  connectedCallback() {
    const button = this.querySelector("button");
    button.hidden = !navigator.clipboard;
    button.addEventListener("click", () => this.copy());
  }

  async copy() {
    const field = document.getElementById(this.getAttribute("for"));
    field.select(); // whoever is refused below can still press the keys
    await navigator.clipboard.writeText(field.value);
    const { copied } = JSON.parse(document.getElementById("words").textContent);
    const detail = { text: copied, level: "success" };
    document.body.dispatchEvent(new CustomEvent("hd:flash", { bubbles: true, detail }));
  }
}

customElements.define("copy-text", CopyText);
