// One letter does what its button does: any element with data-key is pressed by that key.
const isTyping = (node) => node instanceof Element && node.closest("input:not([type=checkbox]), textarea, select, [contenteditable], dialog[open]") !== null;
const isSeen = (node) => node.checkVisibility() && !node.disabled;

function move(by) {
  const rows = [...document.querySelectorAll("[data-row]")].filter(isSeen);
  if (rows.length === 0) return;
  const here = rows.findIndex((row) => row.getAttribute("aria-current") === "true");
  const next = rows[Math.min(rows.length - 1, Math.max(0, here + by))];
  next.focus();
  next.click();
}

export function startKeys() {
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
    const key = event.key.toLowerCase();
    if (key === "j") return move(1);
    if (key === "k") return move(-1);
    if (key === "?") {
      const sheet = document.getElementById("keys");
      if (sheet && !sheet.open) sheet.showModal();
      return;
    }
    const button = [...document.querySelectorAll(`[data-key="${CSS.escape(key)}"]`)].find(isSeen);
    if (button) {
      event.preventDefault();
      if (button.matches("input, select, textarea")) button.focus();
      else button.click();
    }
  });
  // The row that was asked for is the current one at once; the server's answer says so again.
  document.addEventListener("click", (event) => {
    const row = event.target.closest("[data-row]");
    if (!row) return;
    document.querySelectorAll('[data-row][aria-current="true"]').forEach((other) => other.removeAttribute("aria-current"));
    row.setAttribute("aria-current", "true");
  });
}
