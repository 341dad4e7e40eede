// A choice that changes what else can be chosen draws its form anew; a cell of the list keeps by Enter and leaves by Esc.
let redrawn = null;
const written = (form) => [...form.querySelectorAll("input[name]:not([type=hidden], [type=checkbox])")];

// What was typed while the form was on its way stays typed.
function keepTyped() {
  document.addEventListener("htmx:beforeSwap", (event) => {
    const form = event.target.closest?.("[data-builder]");
    if (form && redrawn) redrawn = new Map(written(form).map((field) => [field.name, field.value]));
  });
  // At the swap, not when the page has settled: what is typed in between is newer.
  document.addEventListener("htmx:afterSwap", () => {
    const form = document.querySelector("[data-builder]");
    if (!form || !(redrawn instanceof Map)) return;
    for (const field of written(form)) {
      if (field.type !== "date" && redrawn.has(field.name)) field.value = redrawn.get(field.name);
    }
    redrawn = null;
  });
}

export function startBuilder() {
  keepTyped();
  document.addEventListener("change", (event) => {
    if (!event.target.matches("[data-redraw]")) return;
    const show = event.target.closest("[data-builder]")?.querySelector("[data-show]");
    if (!show) return;
    redrawn = true;
    show.click();
  });
  document.addEventListener("keydown", (event) => {
    const cell = event.target.closest(".cellform");
    if (!cell) return;
    const isKept = event.key === "Enter" && (event.ctrlKey || event.metaKey || !event.target.matches("textarea, button"));
    if (!isKept && event.key !== "Escape") return;
    event.preventDefault();
    cell.querySelector(isKept ? "[data-cell-keep]" : "[data-cell-leave]")?.click();
  });
}
