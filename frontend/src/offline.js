// Today without a connection: what the device has sealed, shown by the page that the browser keeps.
import { dropTouch, ownTouches, today, waitingCount, writeDown } from "./scripts/away/keeping.js";
import { fill, iconOf, mould, tierOf } from "./scripts/away/moulds.js";
import { isBusy, startTill } from "./scripts/away/till.js";
import { startKeys } from "./scripts/keys.js";
import { startSwipe } from "./scripts/swipe.js";
import { askOwnMap } from "./scripts/ways.js";

const words = document.getElementById("words").dataset;
const one = (name) => document.querySelector(`[data-${name}]`);
const state = { kept: null, touches: [], item: null, waiting: 0 };
const RETRY = 20_000;

const isTouch = (kept) => (kept.act ?? "touch") === "touch";
const isDone = (item) => state.touches.some((touch) => touch.customer === item.customer);
const open = () => state.kept.list.items.filter((item) => !isDone(item) && !item.is_waiting);
const say = (text) => (one("said").textContent = text);

function showChip() {
  const chip = one("chip");
  const count = state.waiting;
  chip.textContent = count === 0 ? chip.dataset.none : count === 1 ? chip.dataset.one : chip.dataset.many.replace("%d", count);
}

function story(...texts) {
  one("card").replaceChildren(...texts.map((text) => Object.assign(document.createElement("p"), { className: "story", textContent: text })));
}

function showNothing() {
  one("list").hidden = true;
  story(...(state.waiting > 0 ? [words.empty, words.still] : [words.empty]));
}

function itemRow(item) {
  const row = mould("row");
  fill(row, { name: item.name, why: item.why, when: words.minutes.replace("%d", item.minutes), tier: tierOf(item.tier), icon: iconOf(item.channel) });
  row.dataset.row = "";
  row.dataset.item = item.id;
  if (item.id === state.item?.id) row.setAttribute("aria-current", "true");
  return row;
}

const outcomeWords = (touch) => new Map(state.kept.list.outcomes[touch.channel]).get(touch.outcome) ?? "";
const keptWords = (kept) => {
  if (isTouch(kept)) return outcomeWords(kept);
  return kept.act === "later" ? words.later.replace("%s", new Map(state.kept.list.snoozes).get(kept.until) ?? "") : words.notNow;
};

function keptRow(touch) {
  const row = mould("kept");
  const item = state.kept.list.items.find((found) => found.customer === touch.customer);
  const when = new Date(touch.device_at).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });
  fill(row, { name: item?.name ?? "", when, why: [keptWords(touch), touch.line].filter(Boolean).join(". "), problem: touch.problem });
  row.querySelector("[data-drop]").dataset.drop = touch.seq;
  return row;
}

function group(title, rows) {
  if (rows.length === 0) return [];
  const head = mould("group");
  fill(head, { name: title, count: String(rows.length) });
  const ledger = Object.assign(document.createElement("div"), { className: "ledger" });
  ledger.append(...rows);
  return [head, ledger];
}

function showList() {
  const items = state.kept.list.items;
  one("list").hidden = false;
  one("list").replaceChildren(
    ...group(words.todo, open().map(itemRow)),
    ...group(words.kept, state.touches.map(keptRow)),
    ...group(words.waiting, items.filter((item) => item.is_waiting && !isDone(item)).map(itemRow)),
  );
}

function wayLink(way) {
  const link = document.createElement("a");
  link.className = "btn plain";
  link.href = way.href;
  if (way.place) link.dataset.place = way.place;
  link.dataset.channel = way.channel;
  const icon = document.querySelector(`[data-icon-mould="${way.icon}"]`);
  const text = Object.assign(document.createElement("span"), { textContent: way.words });
  link.append(...(icon ? [icon.content.cloneNode(true)] : []), text);
  askOwnMap(link);
  return link;
}

function listed(place, rows) {
  place.hidden = rows.length === 0;
  place.querySelector("ol, ul").append(
    ...rows.map(([text, hint]) => {
      const line = document.createElement("li");
      const said = document.createElement("span");
      said.append(text, ...(hint ? [Object.assign(document.createElement("em"), { textContent: hint })] : []));
      line.append(said);
      return line;
    }),
  );
}

function showMain(card, item) {
  const main = card.querySelector("[data-main]");
  main.querySelector("[data-words]").textContent = item.main.short;
  if (item.href) main.href = item.href;
  else {
    main.href = "#card";
    main.dataset.act = "done";
  }
}

function showCard() {
  const item = state.item;
  if (!item) return story(words.all);
  const card = mould("card");
  fill(card, { name: item.name, why: item.rhythm && item.is_late ? item.rhythm : item.why, rhythm: item.is_late ? "" : item.rhythm, where: item.where, tier: tierOf(item.tier) });
  showMain(card, item);
  card.querySelector("[data-ways]").append(...item.ways.filter((way) => way.href !== item.href).map(wayLink));
  listed(card.querySelector("[data-lines]"), item.lines.map((line) => [line.text, line.hint]));
  listed(card.querySelector("[data-touches]"), item.touches.map((touch) => [`${touch.day}: ${touch.what}`, touch.said]));
  if (isDone(item)) card.querySelector(".acts").remove();
  one("card").setAttribute("aria-label", item.name);
  one("card").replaceChildren(card);
}

function showOutcome(channel) {
  const item = state.item;
  if (!item || document.querySelector(".outcome")) return;
  const form = mould("outcome");
  const place = form.querySelector("[data-outcomes]");
  for (const [value, text] of state.kept.list.outcomes[channel]) {
    const button = Object.assign(document.createElement("button"), { type: "submit", className: "btn", value, name: "outcome" });
    button.append(Object.assign(document.createElement("span"), { textContent: text }));
    place.append(button);
  }
  const made = form.querySelector("form");
  made.dataset.channel = channel;
  one("card").querySelector(".acts").after(form);
  one("card").querySelector("#line").focus();
}

// Until when: the days that are offered with a connection, too.
function showLater() {
  if (!state.item || document.querySelector(".outcome")) return;
  const form = mould("later");
  const place = form.querySelector("[data-snoozes]");
  for (const [value, text] of state.kept.list.snoozes) {
    const button = Object.assign(document.createElement("button"), { type: "submit", className: "btn", value, name: "until" });
    button.append(Object.assign(document.createElement("span"), { textContent: text }));
    place.append(button);
  }
  one("card").querySelector(".acts").after(form);
  one("card").querySelector("[data-snoozes] button").focus();
}

function showNotNow() {
  if (!state.item || document.querySelector(".outcome")) return;
  const form = mould("not-now");
  form.querySelector("[data-until]").textContent = state.kept.list.not_now;
  one("card").querySelector(".acts").after(form);
  one("card").querySelector("#remark").focus();
}

function show() {
  showChip();
  const list = state.kept?.list;
  if (!list) return showNothing();
  one("heading").textContent = list.heading;
  const done = list.done_count + state.touches.filter(isTouch).length;
  const all = done + open().length;
  const progress = one("progress");
  progress.textContent = progress.dataset.progress.replace("%d", done).replace("%d", all);
  showList();
  showCard();
}

async function load() {
  state.waiting = await waitingCount();
  state.kept = await today();
  state.touches = state.kept ? await ownTouches(state.kept.member) : [];
  if (state.kept && (!state.item || isDone(state.item))) state.item = open()[0] ?? null;
  show();
}

// What the form says was done: a touch and what came of it, later and when, or not now and why.
function doneBy(form, pressed) {
  const line = form.querySelector("[name=line]")?.value.trim() ?? "";
  const act = form.dataset.does;
  if (act === "later") return { act, until: pressed.value, line };
  if (act === "not_now") return { act, line };
  return { act: "touch", channel: form.dataset.channel, outcome: pressed.value, line };
}

async function keep(form, pressed) {
  const { item } = state;
  try {
    await writeDown({ name: item.name, customer: item.customer, item: item.id, ...doneBy(form, pressed) });
  } catch {
    // What was typed stays in its field.
    return say(words.lost);
  }
  await load();
  say(words.written.replace("%s", item.name));
  scrollTo(0, 0);
  one("card").focus({ preventScroll: true });
}

function another() {
  const all = open();
  if (all.length === 0) return;
  state.item = all[(all.findIndex((item) => item.id === state.item?.id) + 1) % all.length];
  show();
}

function turn(to) {
  document.querySelector(".day").classList.toggle("showing-list", to === "list");
  for (const button of document.querySelectorAll("[data-show]")) button.hidden = button.dataset.show === to;
}

async function drop(seq) {
  const touch = state.touches.find((found) => found.seq === seq);
  await dropTouch(seq);
  state.item = state.kept.list.items.find((found) => found.customer === touch.customer) ?? state.item;
  await load();
  say(words.dropped.replace("%s", state.item?.name ?? ""));
}

function onClick(event) {
  const pressed = event.target.closest("[data-act], [data-item], [data-show], [data-drop], [data-go], [data-main], [data-channel]");
  if (!pressed) return;
  const { act, item, show: to, drop: seq, channel } = pressed.dataset;
  if (act === "done") showOutcome(state.item.channel);
  else if (act === "later") showLater();
  else if (act === "not_now") showNotNow();
  else if (act === "next") another();
  else if (act === "leave") showCard();
  else if (to) turn(to);
  else if (seq) drop(Number(seq));
  else if (item) {
    state.item = state.kept.list.items.find((found) => found.id === Number(item));
    turn("card");
    show();
  } else if ("go" in pressed.dataset) location.reload();
  // Who comes back from the telephone finds the question what came of it.
  else return showOutcome(channel ?? state.item.channel);
  event.preventDefault();
}

async function tryAgain() {
  if (document.visibilityState === "hidden") return;
  try {
    const answer = await fetch("/healthy", { cache: "no-store" });
    if (!answer.ok) return;
  } catch {
    return;
  }
  // Nobody is torn from a line that they are writing.
  if (document.querySelector(".outcome") || isBusy()) one("back").hidden = false;
  else location.reload();
}

function wearTheme() {
  const theme = /(?:^|; )theme=(light|dark)/.exec(document.cookie);
  if (theme) document.documentElement.dataset.theme = theme[1];
}

async function begin() {
  wearTheme();
  addEventListener("online", tryAgain);
  setInterval(tryAgain, RETRY);
  if (location.pathname === "/till/") return startTill();
  startKeys();
  startSwipe();
  document.addEventListener("click", onClick);
  document.addEventListener("submit", (event) => {
    event.preventDefault();
    keep(event.target, event.submitter ?? event.target.querySelector("[type=submit]"));
  });
  if (location.pathname !== "/") {
    story(words.elsewhere);
    const link = Object.assign(document.createElement("a"), { href: "/", className: "btn main", textContent: words.today });
    one("card").append(link);
    return showChip();
  }
  try {
    await load();
    turn("card");
    const asked = new URLSearchParams(location.search);
    const item = state.kept?.list.items.find((found) => found.id === Number(asked.get("item")));
    if (item && !isDone(item)) {
      state.item = item;
      show();
      if (asked.get("act") === "done") showOutcome(item.channel);
      if (asked.get("act") === "later") showLater();
      if (asked.get("act") === "not_now") showNotNow();
    }
  } catch {
    story(words.forbidden);
  }
}

begin().finally(() => (document.documentElement.dataset.shown = "yes"));
