// At the till, with a connection: hand the day's list to the device, bring in what was noted there.
import { typed } from "./codes.js";
import { SignedOut, dropTouch, forget } from "./keeping.js";
import { fill } from "./moulds.js";
import { found, goOver, note, tillList } from "./tilling.js";

const HEALTHY = 3_000;
const place = () => document.querySelector("[data-till-away]");

function tell(name, count = 0) {
  place().querySelectorAll("[data-till-if]").forEach((line) => {
    line.hidden = line.dataset.tillIf !== name;
    if (!line.hidden && line.dataset.words) line.textContent = line.dataset.words.replace("%d", count);
  });
}

function showStuck(stuck) {
  const list = place().querySelector(".stuck");
  const row = list.parentElement.querySelector("template").content.firstElementChild;
  list.replaceChildren(
    ...stuck.map(({ seq, name, line, problem }) => {
      const made = row.cloneNode(true);
      fill(made, { name, line, problem });
      made.querySelector("button").addEventListener("click", () => dropTouch(seq).then(() => made.remove()));
      return made;
    }),
  );
}

async function over(htmx) {
  try {
    const { sent, stuck, others, count, is_cut } = await goOver(Number(place().dataset.member));
    // What was refused is told above, to each of two tills.
    if (sent > 0) await htmx.ajax("GET", "/till/", { target: "#till-told", select: "#till-told", swap: "outerHTML" });
    tell(stuck.length > 0 ? "stuck" : others > 0 ? "others" : sent > 0 ? "sent" : is_cut ? "cut" : "kept", count);
    showStuck(stuck);
    document.documentElement.dataset.kept = "yes";
  } catch (error) {
    if (error instanceof DOMException && error.name !== "AbortError") tell("forbidden");
    if (error instanceof SignedOut) await forget();
  }
}

async function isReached() {
  if (!navigator.onLine) return false;
  try {
    return (await fetch("/healthy", { cache: "no-store", signal: AbortSignal.timeout(HEALTHY) })).ok;
  } catch {
    return false;
  }
}

// A form that would lead nowhere goes on with the list that the device has kept.
async function onSubmit(event) {
  const form = event.target;
  if (!form.dataset?.till || event.defaultPrevented || !navigator.serviceWorker?.controller) return;
  event.preventDefault();
  if (await isReached()) return form.submit();
  const { code, slip, receipt, customer } = Object.fromEntries(new FormData(form));
  if (form.dataset.till === "look") return location.assign(`/till/?code=${encodeURIComponent(code)}`);
  try {
    const line = [code, receipt].filter(Boolean).join(" · ");
    const kept = await tillList();
    const place = kept?.list ? await found(kept, typed(code)) : null;
    const known = place ? { mark: place.mark, offer: place.wave.offer } : {};
    await note({ client_id: slip, code, receipt, customer, name: form.dataset.name, line, ...known });
    location.assign("/till/?noted=1");
  } catch {
    // There is no list of today here: the browser says that the connection is gone.
    form.submit();
  }
}

export async function startTill(htmx) {
  if (!isSecureContext) return tell("insecure");
  if (!navigator.serviceWorker || !window.indexedDB || !crypto.subtle) return tell("forbidden");
  document.addEventListener("submit", onSubmit);
  addEventListener("online", () => over(htmx));
  try {
    await navigator.serviceWorker.register("/worker.js");
  } catch {
    return tell("forbidden");
  }
  await over(htmx);
}
