import htmx from "htmx.org";

import { startBoard } from "./scripts/board.js";
import { startBuilder } from "./scripts/builder.js";
import { startDialogs } from "./scripts/dialogs.js";
import { startDrop } from "./scripts/drop.js";
import { startForms } from "./scripts/forms.js";
import { startGuesses } from "./scripts/guesses.js";
import { startInsert } from "./scripts/insert.js";
import { startKeys } from "./scripts/keys.js";
import { startPictures } from "./scripts/pictures.js";
import { startPalette } from "./scripts/palette.js";
import { startRequests } from "./scripts/requests.js";
import { startSelection } from "./scripts/selection.js";
import { startSwipe } from "./scripts/swipe.js";
import { startTheme } from "./scripts/theme.js";
import { startToasts } from "./scripts/toasts.js";
import { startWays } from "./scripts/ways.js";

startRequests(htmx);
startToasts(htmx);
startDialogs();
startKeys();
startPalette();
startBuilder();
startBoard();
startSwipe();
startForms();
startGuesses();
startSelection();
startDrop();
startInsert();
startTheme();
startPictures();
startWays();

// What a device keeps for when there is no connection waits until the page itself is there.
const whenIdle = window.requestIdleCallback ?? ((act) => setTimeout(act, 200));
whenIdle(() => import("./scripts/away/start.js").then((away) => away.startAway(htmx)));

// Alpine weighs as much as everything else together: only a page that asks for it loads it.
let alpine = null;
const needsAlpine = () => document.querySelector("[x-data]") !== null;
const loadAlpine = () => {
  if (alpine === null && needsAlpine()) alpine = import("./scripts/alpine.js");
};
loadAlpine();
document.addEventListener("htmx:afterSettle", loadAlpine);
