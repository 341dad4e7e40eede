// On Today, with a connection: hand the day's list to the device, send what waits there, say when it cannot be.
import { SignedOut, dropTouch, forget, leave, sendAndKeep, writeDown } from "./keeping.js";
import { fill } from "./moulds.js";

const AFTER = 2_500;
const SETTLE = /^\/today\/(\d+)\/(done|later|not-now)$/;
const place = () => document.querySelector("[data-away]");
const tell = (name) => place()?.querySelectorAll("[data-away-if]").forEach((line) => line.toggleAttribute("hidden", line.dataset.awayIf !== name));

function showStuck(stuck) {
  const list = document.querySelector(".stuck");
  const mould = list.parentElement.querySelector("template").content.firstElementChild;
  list.replaceChildren(
    ...stuck.map(({ seq, name, line, problem }) => {
      const row = mould.cloneNode(true);
      fill(row, { name, line, problem });
      row.querySelector("button").addEventListener("click", () => dropTouch(seq).then(() => row.remove()));
      return row;
    }),
  );
}

async function goOver(htmx) {
  try {
    const { sent, stuck, others } = await sendAndKeep();
    tell(stuck.length > 0 ? "stuck" : others > 0 ? "others" : "");
    showStuck(stuck);
    // What came in changes the list that is shown.
    if (sent > 0) await htmx.ajax("GET", location.pathname + location.search, { target: "#today", swap: "outerHTML" });
    document.documentElement.dataset.kept = "yes";
  } catch (error) {
    // Without a connection there is nothing to say yet; a browser that refuses says so in DOMException.
    if (error instanceof DOMException && error.name !== "AbortError") tell("forbidden");
    if (error instanceof SignedOut) await forget();
  }
}

// A form with a field called "action" says that field where it is asked for its action.
const addressOf = (form) => new URL(form.getAttribute("action") ?? "", location).pathname;

// The connection went while something was being done: go on with what the device has kept.
function onCut(event) {
  const asked = event.detail.elt;
  if (!(asked instanceof Element) || !asked.closest("#today") || !navigator.serviceWorker?.controller) return false;
  const form = asked.closest("form");
  const settled = form && SETTLE.exec(addressOf(form));
  if (settled) keepForm(form, Number(settled[1]), settled[2], event.detail.requestConfig.parameters);
  else if (!form && asked.href) location.assign(asked.href);
  else return false;
  return true;
}

// A browser that knows that there is no connection need not find out first.
const beforeAsking = (event) => !navigator.onLine && onCut(event) && event.preventDefault();

const DONE_BY = {
  done: ({ client_id, channel, outcome, line = "" }) => ({ client_id, act: "touch", channel, outcome, line }),
  later: ({ until }) => ({ act: "later", until, line: "" }),
  "not-now": ({ remark = "" }) => ({ act: "not_now", line: remark.trim() }),
};

async function keepForm(form, item, act, given) {
  const customer = Number(form.dataset.customer);
  try {
    await writeDown({ name: form.dataset.name, customer, item, ...DONE_BY[act](given) });
  } catch {
    // The toast has said that it did not reach us; what was typed is still there.
    return;
  }
  location.assign("/");
}

export async function startAway(htmx) {
  if (document.querySelector("[data-till-away]")) import("./till-start.js").then((till) => till.startTill(htmx));
  if (!isSecureContext) return tell("insecure");
  if (!navigator.serviceWorker || !window.indexedDB || !crypto.subtle) return tell("forbidden");
  document.addEventListener("submit", onLeave);
  if (document.querySelector("[data-signed-out]")) return forget().catch(() => undefined);
  if (!place()) return;
  document.addEventListener("htmx:beforeRequest", beforeAsking);
  document.addEventListener("htmx:sendError", onCut);
  let timer = null;
  const soon = () => {
    clearTimeout(timer);
    timer = setTimeout(() => goOver(htmx), AFTER);
  };
  document.addEventListener("htmx:afterSwap", (event) => event.target.id === "today" && soon());
  addEventListener("online", soon);
  try {
    await navigator.serviceWorker.register("/worker.js");
  } catch {
    return tell("forbidden");
  }
  await goOver(htmx);
}

// Signing out takes the day's list and its keys off this device, and sends first what waits here.
function onLeave(event) {
  const form = event.target;
  if (event.defaultPrevented || addressOf(form) !== "/account/logout/" || form.dataset.left) return;
  event.preventDefault();
  form.dataset.left = "yes";
  const patience = new Promise((done) => setTimeout(done, 3_000));
  Promise.race([leave().catch(() => undefined), patience]).finally(() => form.submit());
}
