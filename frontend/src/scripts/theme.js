// As the system, light, dark: kept in a cookie, so that the server paints the first frame right.
const ORDER = ["", "light", "dark"];

function wear(theme) {
  if (theme) document.documentElement.dataset.theme = theme;
  else delete document.documentElement.dataset.theme;
  const age = theme ? 31_536_000 : 0;
  document.cookie = `theme=${theme}; path=/; max-age=${age}; samesite=lax`;
  for (const button of document.querySelectorAll("[data-theme-switch]")) {
    button.textContent = button.dataset[theme || "system"];
  }
  document.dispatchEvent(new CustomEvent("theme-changed"));
}

export function startTheme() {
  document.addEventListener("click", (event) => {
    if (!event.target.closest("[data-theme-switch]")) return;
    const now = ORDER.indexOf(document.documentElement.dataset.theme ?? "");
    wear(ORDER[(now + 1) % ORDER.length]);
  });
}
