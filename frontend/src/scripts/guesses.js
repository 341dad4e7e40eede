// The browser knows its time zone better than the computer that serves it; what a person chooses is in ink.
export function startGuesses() {
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  for (const select of document.querySelectorAll("select[data-guess-zone].guessed")) {
    if ([...select.options].some((option) => option.value === zone)) select.value = zone;
  }
  document.addEventListener("change", (event) => event.target.classList.remove("guessed"));
}
