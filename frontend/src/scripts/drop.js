// A file may be dropped anywhere on the place that asks for it.
function nameThem(zone, files) {
  const place = zone.querySelector("[data-chosen]");
  if (place) place.textContent = [...files].map((file) => file.name).join(", ");
}

export function startDrop() {
  const zoneOf = (event) => event.target.closest?.("[data-drop]");
  for (const name of ["dragenter", "dragover"]) {
    document.addEventListener(name, (event) => {
      const zone = zoneOf(event);
      if (!zone) return;
      event.preventDefault();
      zone.classList.add("over");
    });
  }
  document.addEventListener("dragleave", (event) => {
    const zone = zoneOf(event);
    if (zone && !zone.contains(event.relatedTarget)) zone.classList.remove("over");
  });
  document.addEventListener("drop", (event) => {
    const zone = zoneOf(event);
    if (!zone) return;
    event.preventDefault();
    zone.classList.remove("over");
    const input = zone.querySelector('input[type="file"]');
    input.files = event.dataTransfer.files;
    input.dispatchEvent(new Event("change", { bubbles: true }));
  });
  document.addEventListener("change", (event) => {
    const zone = zoneOf(event);
    if (!zone || !event.target.matches('input[type="file"]')) return;
    nameThem(zone, event.target.files);
    if (zone.dataset.drop === "send" && event.target.files.length) event.target.form.requestSubmit();
  });
}
