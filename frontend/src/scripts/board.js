// A card carried to another tier opens its own menu there filled in: the reason is still to be said.
export function startBoard() {
  let carried = null;
  document.addEventListener("dragstart", (event) => {
    carried = event.target.closest?.("[data-card]");
    if (!carried) return;
    carried.classList.add("carried");
    event.dataTransfer.effectAllowed = "move";
    event.dataTransfer.setData("text/plain", "");
  });
  document.addEventListener("dragend", () => {
    carried?.classList.remove("carried");
    document.querySelectorAll("[data-lane].over").forEach((lane) => lane.classList.remove("over"));
    carried = null;
  });
  document.addEventListener("dragover", (event) => {
    const lane = event.target.closest?.("[data-lane]");
    if (!carried || !lane) return;
    event.preventDefault();
    document.querySelectorAll("[data-lane].over").forEach((other) => other.classList.toggle("over", other === lane));
    lane.classList.add("over");
  });
  document.addEventListener("drop", (event) => {
    const lane = event.target.closest?.("[data-lane]");
    if (!carried || !lane) return;
    event.preventDefault();
    const menu = carried.querySelector("details.move");
    menu.open = true;
    menu.querySelector("[data-tier]").value = lane.dataset.lane;
    menu.querySelector("[data-reason]").focus();
  });
}
