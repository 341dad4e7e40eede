// Ticked rows bring the cloth bar, with how many they are.
function count(table) {
  const boxes = [...table.querySelectorAll("[data-pick]")];
  const ticked = boxes.filter((box) => box.checked).length;
  const all = table.querySelector("[data-pick-all]");
  if (all) {
    all.checked = ticked > 0 && ticked === boxes.length;
    all.indeterminate = ticked > 0 && ticked < boxes.length;
  }
  const bar = document.querySelector(table.dataset.bulk);
  if (!bar) return;
  bar.hidden = ticked === 0;
  const place = bar.querySelector("[data-count]");
  if (place) place.textContent = String(ticked);
}

export function startSelection() {
  document.addEventListener("change", (event) => {
    const table = event.target.closest("[data-bulk]");
    if (!table) return;
    if (event.target.matches("[data-pick-all]")) {
      table.querySelectorAll("[data-pick]").forEach((box) => (box.checked = event.target.checked));
    }
    count(table);
  });
}
