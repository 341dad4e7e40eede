// The first error gets the focus; Ctrl+Enter keeps a long field; the composer shows the fields of its kind.
// data-then: what is pressed after it.
function focusFirstError(root) {
  root.querySelector?.('form:not([data-sample]) [aria-invalid="true"]')?.focus();
}

function showKind(form) {
  const kind = form.querySelector("[data-kind]:checked")?.value;
  for (const part of form.querySelectorAll("[data-for-kind]")) {
    part.hidden = !part.dataset.forKind.split(" ").includes(kind);
  }
}

function copy(button) {
  const field = document.querySelector(button.dataset.copy);
  navigator.clipboard?.writeText(field.value ?? field.textContent);
  if (button.dataset.copied) button.textContent = button.dataset.copied;
}

export function startForms() {
  const begin = (root) => {
    focusFirstError(root);
    root.querySelectorAll?.("form:has([data-kind])").forEach(showKind);
  };
  begin(document);
  document.querySelector(".views [aria-current]")?.scrollIntoView({ block: "nearest", inline: "center" });
  document.addEventListener("htmx:afterSettle", (event) => begin(event.target));
  document.addEventListener("change", (event) => {
    if (event.target.matches("[data-kind]")) showKind(event.target.form);
    if (event.target.matches("[data-sends]")) event.target.form.requestSubmit();
  });
  document.addEventListener("keydown", (event) => {
    const field = event.target;
    if (!(field instanceof HTMLTextAreaElement)) return;
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) field.form?.requestSubmit();
    if (event.key === "Escape" && !field.closest("dialog")) field.value = field.defaultValue;
  });
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-copy]");
    if (button) copy(button);
    if (event.target.closest("[data-print]")) window.print();
    // Who comes back from the telephone finds the question what came of it.
    const then = event.target.closest("[data-then]");
    if (then && !document.querySelector(".outcome")) document.querySelector(then.dataset.then)?.click();
  });
}
