// What a device keeps for when there is no connection, and how it comes back: once, in order.
import { addTouch, changeTouch, dropKey, dropList, dropTouch, forgetKeys, forgetList, keepKey, keepList, keyKept, listKept, touchesKept } from "./store.js";
import { keyOf, seal, unseal } from "./sealing.js";

// Signed out: nothing of ours is handed to strangers, and nothing is lost either.
export class SignedOut extends Error {}

const fetchOwn = (path, more = {}) => fetch(path, { credentials: "same-origin", redirect: "manual", cache: "no-store", ...more });

export async function given(path = "/today/kept") {
  const answer = await fetchOwn(path);
  if (answer.type === "opaqueredirect" || answer.status === 401) throw new SignedOut();
  if (!answer.ok) throw new Error(`kept: ${answer.status}`);
  return answer.json();
}

// The day's list, sealed anew; the keys lie apart from it.
async function keep(got) {
  await forgetOthers(got.member);
  if (got.list === null) return;
  const key = await keyOf(got.list_key);
  const sealed = await seal(key, got.list);
  const { member, day, now, ends_at } = got;
  // By how much this device's clock is wrong.
  const ahead = Date.now() - now;
  await keepKey("list", key);
  await keepKey("touches", await keyOf(got.touch_keys[day]));
  await keepList({ member, day, listed_at: now, ends_at, ahead, ...sealed });
}

// Whoever signs in takes what the device had for somebody else off it; what waits to be sent stays.
export async function forgetOthers(member) {
  const kept = await Promise.all([listKept(), listKept("till")]);
  if (kept.some((record) => record && record.member !== member)) await forget();
}

export async function forget() {
  await forgetKeys();
  await forgetList();
}

// The list of today, or nothing: where there is none, where its day is over, where its key has gone.
export async function today() {
  const record = await listKept();
  if (!record) return null;
  const key = await keyKept("list");
  const isOver = Date.now() - record.ahead >= record.ends_at;
  if (!key || isOver) {
    // The till's list is of a day of its own.
    await Promise.all(["list", "touches"].map(dropKey));
    await dropList("today");
    return null;
  }
  return { ...record, list: await unseal(key, record) };
}

// A touch is said to be kept only once it is on the disk.
export async function writeDown(touch) {
  const record = await listKept();
  const key = await keyKept("touches");
  if (!record || !key) throw new Error("nothing is kept here");
  const whole = { client_id: crypto.randomUUID(), device_at: Date.now(), listed_at: record.listed_at, ...touch };
  const seq = await addTouch({ member: record.member, day: record.day, ...(await seal(key, whole)) });
  return { seq, ...whole };
}

export const isUse = (kept) => kept.act === "use";

// What this member wrote down on the day of a list, opened.
export async function ownRows(member, record, key) {
  if (!key || !record) return [];
  const rows = (await touchesKept()).filter((row) => row.member === member && row.day === record.day);
  return Promise.all(rows.map(async (row) => ({ seq: row.seq, problem: row.problem, ...(await unseal(key, row)) })));
}

export async function ownTouches(member) {
  const rows = await ownRows(member, await listKept(), await keyKept("touches"));
  return rows.filter((row) => !isUse(row));
}

export { dropTouch };
export const waitingCount = async () => (await touchesKept()).length;

const BODY = { method: "POST" };

// A use of an offer goes to the till.
function postUse({ client_id, code, customer, receipt, stamp, device_at }, token) {
  const body = new URLSearchParams({ client_id, code, customer: customer ?? "", receipt: receipt ?? "", stamp, device_at, sent_at: Date.now() });
  return fetchOwn("/till/arrive", { ...BODY, body, headers: { "X-CSRFToken": token } });
}

async function post(touch, token) {
  if (isUse(touch)) return postUse(touch, token);
  const { client_id, customer, item, act = "touch", until = "", channel = "", outcome = "", line, device_at, listed_at } = touch;
  const body = new URLSearchParams({
    client_id, customer, item: item ?? "", act, until, channel, outcome, line, device_at, listed_at, sent_at: Date.now(),
  });
  return fetchOwn("/today/arrive", { ...BODY, body, headers: { "X-CSRFToken": token } });
}

async function sentenceOf(answer) {
  try {
    return (await answer.json()).sentence;
  } catch {
    return "";
  }
}

// What the server would not take in, with its reason, for whoever wrote it.
async function stuckOf(got) {
  const own = (await touchesKept()).filter((row) => row.member === got.member && row.problem && got.touch_keys[row.day]);
  return Promise.all(
    own.map(async (row) => ({ ...(await unseal(await keyOf(got.touch_keys[row.day]), row)), seq: row.seq, problem: row.problem })),
  );
}

// One after the other, each gone from here only when the server has said that it is written down.
async function sendAll(got) {
  let sent = 0;
  for (const row of await touchesKept()) {
    const key = got.touch_keys[row.day];
    if (row.member !== got.member || !key) continue;
    const answer = await post(await unseal(await keyOf(key), row), got.token);
    if (answer.ok) {
      await dropTouch(row.seq);
      sent += 1;
    } else if (answer.status === 409 || answer.status === 422) {
      // It is not taken in as it is; it stays here, with the reason, until somebody has read it.
      await changeTouch({ ...row, problem: (await sentenceOf(answer)) || String(answer.status) });
    } else {
      break;
    }
  }
  return sent;
}

// Two windows send one after the other, never the same at once.
const alone = (act) => (navigator.locks ? navigator.locks.request("regulars-send", act) : act());

// `path` says where a list comes from, `keepIt` how it is sealed.
export const sendAndKeep = (path = "/today/kept", keepIt = keep) =>
  alone(async () => {
    let got = await given(path);
    const sent = await sendAll(got);
    if (sent > 0) got = await given(path);
    await keepIt(got);
    const others = (await touchesKept()).filter((row) => row.member !== got.member).length;
    return { sent, stuck: await stuckOf(got), others };
  });

// On leaving: the list and the keys go, and what waits is sent while one is still known.
export async function leave() {
  const waits = await waitingCount();
  await forget();
  if (waits > 0) await alone(async () => sendAll(await given()));
}
