// "Done: called Florian. Undo" stays ten seconds, or as long as it has the focus or the pointer.
const STAYS = 10_000;
const region = () => document.getElementById("toasts");
const isEditable = (node) => node instanceof Element && node.closest("input, textarea, select, [contenteditable]") !== null;

function watch(toast) {
  if (toast.dataset.watched) return;
  toast.dataset.watched = "yes";
  let timer = null;
  const stop = () => clearTimeout(timer);
  const start = () => {
    stop();
    timer = setTimeout(() => toast.remove(), STAYS);
  };
  for (const name of ["pointerenter", "focusin"]) toast.addEventListener(name, stop);
  toast.addEventListener("pointerleave", () => toast.contains(document.activeElement) || start());
  toast.addEventListener("focusout", (event) => toast.contains(event.relatedTarget) || toast.matches(":hover") || start());
  toast.addEventListener("click", (event) => event.target.closest("[data-toast-close]") && toast.remove());
  // An undo is asked for once: the words go as soon as the request has been answered.
  toast.addEventListener("htmx:afterRequest", (event) => event.detail.successful && toast.remove());
  start();
}

function build(htmx, { text, undo, label }) {
  const mould = document.getElementById("toast-mould");
  const toast = mould.content.firstElementChild.cloneNode(true);
  toast.querySelector("[data-toast-text]").textContent = text;
  const form = toast.querySelector("form");
  if (undo && new URL(undo, location.href).origin === location.origin) {
    form.action = undo;
    form.setAttribute("hx-post", undo);
    if (label) form.querySelector("button").textContent = label;
  } else {
    form.remove();
  }
  region().append(toast);
  htmx.process(toast);
}

export function startToasts(htmx) {
  const place = region();
  if (!place) return;
  new MutationObserver(() => place.querySelectorAll(".toast").forEach(watch)).observe(place, { childList: true });
  place.querySelectorAll(".toast").forEach(watch);

  // HX-Trigger: {"toast": {"text": "Done: called Florian", "undo": "/planning/…/undo"}}
  document.addEventListener("toast", (event) => build(htmx, event.detail));
  const failed = () => build(htmx, { text: place.dataset.failed });
  document.addEventListener("htmx:sendError", failed);
  document.addEventListener("htmx:timeout", failed);
  document.addEventListener("htmx:responseError", failed);

  document.addEventListener("keydown", (event) => {
    if (event.key !== "z" || !(event.ctrlKey || event.metaKey) || event.shiftKey || isEditable(event.target)) return;
    const undo = [...place.querySelectorAll("[data-toast-undo]")].pop();
    if (undo) {
      event.preventDefault();
      undo.click();
    }
  });
}
