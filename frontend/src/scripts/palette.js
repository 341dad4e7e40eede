// Ctrl+K opens the palette over any page; arrows walk through what it found.
function walk(sheet, event) {
  if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
  const stops = [sheet.querySelector("input"), ...sheet.querySelectorAll(".found a, .found button")];
  const here = stops.indexOf(document.activeElement);
  const next = stops[here + (event.key === "ArrowDown" ? 1 : -1)];
  if (next) {
    event.preventDefault();
    next.focus();
  }
}

export function startPalette() {
  const sheet = document.getElementById("palette");
  if (!sheet) return;
  sheet.addEventListener("keydown", (event) => walk(sheet, event));
  document.addEventListener("keydown", (event) => {
    if (event.key.toLowerCase() !== "k" || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    if (sheet.open) sheet.close();
    else sheet.showModal();
  });
}
