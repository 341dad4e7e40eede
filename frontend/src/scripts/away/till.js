// The till without a connection: codes are looked up on the list of the day that the device has sealed.
import { LENGTH, isWellTyped, typed } from "./codes.js";
import { fill, mould } from "./moulds.js";
import { found, note, noted, takeBack, tillList } from "./tilling.js";

const state = { kept: null, uses: [], looked: null };
const words = () => document.getElementById("till-words").dataset;
const one = (name) => document.querySelector(`[data-till-here] [data-${name}]`);
const clockOf = (moment) => new Date(moment).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
const say = (text) => (one("said").textContent = text);

function refuse(sentence, remedy = "") {
  one("no").hidden = !sentence;
  one("sentence").textContent = sentence;
  one("remedy").textContent = remedy;
}

function showChip() {
  const chip = one("chip");
  const count = state.uses.length;
  chip.textContent = count === 0 ? chip.dataset.none : count === 1 ? chip.dataset.one : chip.dataset.many.replace("%d", count);
  const line = one("of-the-day");
  if (state.kept?.list) line.textContent = line.dataset.words.replace("%s", clockOf(state.kept.listed_at)).replace("%d", state.kept.list.count);
}

// In groups, as one reads it out.
const spelled = (code) => code.replace(/^(.{4})(.{4})(.{3})$/, "$1-$2-$3");

function useRow(use) {
  const row = mould("kept");
  fill(row, { name: use.name, when: clockOf(use.device_at), why: [spelled(typed(use.code)), use.receipt].filter(Boolean).join(" · "), problem: use.problem });
  row.querySelector("[data-drop]").dataset.drop = use.seq;
  return row;
}

async function load() {
  state.kept = await tillList();
  state.uses = state.kept?.list ? await noted(state.kept) : [];
  showChip();
  one("noted").hidden = state.uses.length === 0;
  one("uses").replaceChildren(...state.uses.map(useRow));
  document.querySelector("[data-does=look]").hidden = one("lead").hidden = !state.kept?.list;
  if (!state.kept) refuse(words().empty, words().emptyDo);
  else if (state.kept.isOver) refuse(words().over, words().overDo);
}

// How often it may still be used, as far as this device knows: what it noted itself counts.
function leftOf({ wave, mark, left }) {
  const own = state.uses.filter((use) => use.mark === mark).length;
  const ofOffer = state.uses.filter((use) => use.offer === wave.offer).length;
  return {
    code: left === null ? null : left - own,
    stock: wave.stock === null ? null : wave.stock - ofOffer,
  };
}

function refusalOf(look, code) {
  const say = words();
  // Words of our own are codes, too: only what has the length of a code was misread.
  if (!look) return code.length !== LENGTH || isWellTyped(code) ? [say.unlisted, say.unlistedDo] : [say.mistyped, say.mistypedDo];
  const { wave, mark, now } = look;
  if (now < wave.opens_at) return [say.early.replace("%s", clockOf(wave.opens_at)), say.earlyDo];
  if (now >= wave.closes_at) return [say.closed.replace("%s", clockOf(wave.closes_at)), say.closedDo];
  const left = leftOf(look);
  if (left.code !== null && left.code <= 0) {
    const last = state.uses.filter((use) => use.mark === mark).at(-1);
    return [say.used.replace("%s", clockOf(last.device_at)), say.usedDo];
  }
  return left.stock !== null && left.stock <= 0 ? [say.noneLeft, say.noneLeftDo] : null;
}

function leftWords(look) {
  const place = one("left").dataset;
  const left = leftOf(look);
  const often = left.code === null ? place.free : left.code === 1 ? place.one : place.many.replace("%d", left.code);
  return look.wave.stock === null ? often : `${often} ${place.stock.replace("%d", look.wave.stock)}`;
}

async function look(text) {
  const code = typed(text);
  close();
  if (!code || !state.kept?.list) return;
  const place = await found(state.kept, code);
  const no = refusalOf(place, code);
  if (no) return refuse(...no);
  const { wave } = place;
  state.looked = { code, name: wave.name, offer: wave.offer, mark: place.mark };
  fill(one("found"), { name: wave.name, gives: [wave.gives, wave.extra].filter(Boolean).join(" · "), terms: wave.terms, left: leftWords(place) });
  one("found").hidden = false;
  document.querySelector("[data-does=look]").hidden = true;
  one("found").querySelector("[type=submit]").focus();
}

function close() {
  state.looked = null;
  refuse("");
  say("");
  one("found").hidden = true;
  document.querySelector("[data-does=look]").hidden = false;
}

async function use(form) {
  const { name, ...looked } = state.looked;
  const receipt = form.elements.receipt.value.trim();
  try {
    await note({ ...looked, name, receipt, line: [looked.code, receipt].filter(Boolean).join(" · ") });
  } catch {
    return refuse(words().lost);
  }
  form.reset();
  const field = document.getElementById("code");
  field.value = "";
  close();
  await load();
  say(words().written.replace("%s", name));
  field.focus();
}

async function onClick(event) {
  const pressed = event.target.closest("[data-not-now], [data-drop], [data-go]");
  if (!pressed) return;
  if ("go" in pressed.dataset) location.reload();
  else if ("drop" in pressed.dataset) {
    const row = state.uses.find((kept) => kept.seq === Number(pressed.dataset.drop));
    await takeBack(row.seq);
    await load();
    say(words().dropped.replace("%s", row.name));
  } else close();
}

// Nobody is torn from a code that they are typing.
export const isBusy = () => Boolean(state.looked || document.getElementById("code")?.value);

export async function startTill() {
  const page = document.getElementById("main");
  page.classList.remove("page-today");
  document.getElementById("today").replaceChildren(mould("till"));
  document.title = document.querySelector("[data-till-here]").dataset.title;
  document.addEventListener("click", onClick);
  document.addEventListener("submit", (event) => {
    event.preventDefault();
    const form = event.target;
    if (form.dataset.does === "look") look(form.elements.code.value);
    else if (form.dataset.does === "use") use(form);
  });
  const code = new URLSearchParams(location.search).get("code") ?? "";
  const isKept = new URLSearchParams(location.search).get("noted");
  // Opened again with a connection, the page looks for no code that was noted here.
  history.replaceState(null, "", location.pathname);
  try {
    await load();
    if (isKept && state.uses.length > 0) say(words().written.replace("%s", state.uses.at(-1).name));
    if (code) {
      document.getElementById("code").value = code;
      await look(code);
    } else if (state.kept?.list) document.getElementById("code").focus();
  } catch {
    refuse(words().forbidden);
  }
}
