// Ctrl+K opens the palette over any page. The writing stays in the field; arrows choose what Enter opens (a combobox).
const optionsOf = (sheet) => [...sheet.querySelectorAll("[role=option]")];

function choose(sheet, option) {
  const field = sheet.querySelector("[role=combobox]");
  for (const other of optionsOf(sheet)) other.setAttribute("aria-selected", String(other === option));
  if (!option) {
    field.removeAttribute("aria-activedescendant");
    return;
  }
  field.setAttribute("aria-activedescendant", option.id);
  option.scrollIntoView({ block: "nearest" });
}

function move(sheet, by) {
  const options = optionsOf(sheet);
  if (options.length === 0) return;
  const here = options.findIndex((option) => option.getAttribute("aria-selected") === "true");
  choose(sheet, options[(here + by + options.length) % options.length]);
}

// What is shown answers what is written, and not what was written a moment ago.
function isSettled(sheet) {
  const list = sheet.querySelector("[data-sought]");
  return list !== null && list.dataset.sought === sheet.querySelector("[role=combobox]").value.trim();
}

function open(sheet) {
  const chosen = sheet.querySelector("[role=option][aria-selected=true]");
  if (chosen) chosen.click();
}

function onKey(sheet, event) {
  if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    event.preventDefault();
    move(sheet, event.key === "ArrowDown" ? 1 : -1);
  } else if (event.key === "Enter" && !event.isComposing) {
    event.preventDefault();
    if (isSettled(sheet)) open(sheet);
    else sheet.dataset.waits = "yes";
  } else if (event.key.length === 1) {
    delete sheet.dataset.waits;
  }
}

function onFound(sheet) {
  const list = sheet.querySelector("[data-sought]");
  const options = optionsOf(sheet);
  sheet.querySelector("[role=combobox]").setAttribute("aria-expanded", String(options.length > 0));
  sheet.querySelector("[role=status]").textContent = list ? list.dataset.says : "";
  choose(sheet, options[0]);
  if (sheet.dataset.waits && isSettled(sheet)) {
    delete sheet.dataset.waits;
    open(sheet);
  }
}

export function startPalette() {
  const sheet = document.getElementById("palette");
  if (!sheet) return;
  sheet.addEventListener("keydown", (event) => onKey(sheet, event));
  sheet.addEventListener("htmx:afterSettle", () => onFound(sheet));
  document.addEventListener("keydown", (event) => {
    if (event.key.toLowerCase() !== "k" || !(event.ctrlKey || event.metaKey) || event.altKey) return;
    event.preventDefault();
    if (sheet.open) sheet.close();
    else sheet.showModal();
  });
}
