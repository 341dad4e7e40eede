// Native dialogs open and close by data attributes; menus are <details> that shut when you look elsewhere.
const openSheet = (sheet) => {
  if (sheet && !sheet.open) sheet.showModal();
};

function onClick(event) {
  const opener = event.target.closest("[data-open]");
  if (opener) {
    event.preventDefault();
    // The sheet gives the focus back to the menu's own button.
    const menu = opener.closest("details.menu, details.morefold");
    if (menu) {
      menu.querySelector("summary").focus();
      menu.open = false;
    }
    openSheet(document.querySelector(opener.dataset.open));
    return;
  }
  const closer = event.target.closest("[data-close]");
  if (closer) closer.closest("dialog")?.close();
  // A click on the dialog itself, and not on what it holds, is a click on the ground behind it.
  if (event.target instanceof HTMLDialogElement && event.target.matches(".sheet")) {
    const box = event.target.getBoundingClientRect();
    const inside = event.clientX >= box.left && event.clientX <= box.right && event.clientY >= box.top && event.clientY <= box.bottom;
    if (!inside) event.target.close();
  }
  for (const menu of document.querySelectorAll("details.menu[open], details.morefold[open]")) {
    if (!menu.contains(event.target)) menu.open = false;
  }
}

export function startDialogs() {
  document.addEventListener("click", onClick);
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    for (const menu of document.querySelectorAll("details.menu[open], details.morefold[open]")) {
      menu.open = false;
      menu.querySelector("summary").focus();
    }
  });
  document.addEventListener("htmx:afterSettle", (event) => {
    const sheet = event.target.matches?.("dialog[data-arrives-open]")
      ? event.target
      : event.target.querySelector?.("dialog[data-arrives-open]");
    openSheet(sheet);
  });
  // HX-Trigger: {"close-dialog": true} after a form in a dialog was kept.
  document.addEventListener("close-dialog", () => document.querySelectorAll("dialog[open]").forEach((sheet) => sheet.close()));
}
