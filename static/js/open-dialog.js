// data-open-dialog="id" opens a native <dialog>, data-close-dialog closes it; a link keeps its href without scripts.
document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-open-dialog]");
  const dialog = opener && document.getElementById(opener.dataset.openDialog);
  if (dialog?.showModal) {
    event.preventDefault();
    if (!dialog.open) dialog.showModal();
    return;
  }
  const closer = event.target.closest("[data-close-dialog]");
  const open = closer?.closest("dialog");
  if (open) {
    event.preventDefault();
    open.close();
  } else if (event.target.matches("dialog[open]") && !event.target.matches("[data-firm]")) {
    event.target.close(); // the backdrop belongs to the dialog itself
  }
});

// Where CSS cannot anchor a popover yet, put it under (or above) its button.
if (!CSS.supports("position-area", "block-end")) {
  document.addEventListener("toggle", (event) => {
    const menu = event.target;
    if (event.newState !== "open" || !menu.matches?.(".menu[popover]")) return;
    const button = document.querySelector(`[popovertarget="${menu.id}"]`).getBoundingClientRect();
    const { width, height } = menu.getBoundingClientRect();
    const below = button.bottom + 4 + height <= innerHeight;
    menu.style.top = `${below ? button.bottom + 4 : Math.max(8, button.top - height - 4)}px`;
    menu.style.left = `${Math.max(8, Math.min(button.right - width, innerWidth - width - 8))}px`;
  }, true);
}
