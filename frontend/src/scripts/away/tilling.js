// What the till takes along for a day, sealed, and the uses that it notes without a connection.
import { markOf } from "./codes.js";
import { dropTouch, forgetOthers, ownRows, isUse, sendAndKeep } from "./keeping.js";
import { keyOf, markKeyOf, seal, unseal } from "./sealing.js";
import { addTouch, dropKey, keepKey, keepList, keyKept, listKept, touchesKept } from "./store.js";

// What was used elsewhere since is known to the server alone; it is not asked at each press.
const FRESH = 5 * 60_000;

async function keepTill(got) {
  await forgetOthers(got.member);
  const key = await keyOf(got.list_key);
  const sealed = await seal(key, got.list);
  const { member, day, now, ends_at, stamp } = got;
  const { count, is_cut } = got.list;
  await keepKey("till", key);
  await keepKey("marks", await markKeyOf(got.mark_key));
  await keepKey("uses", await keyOf(got.touch_keys[day]));
  await keepList({ member, day, stamp, listed_at: now, ends_at, ahead: Date.now() - now, count, is_cut, ...sealed }, "till");
}

const isOver = (record) => Date.now() - record.ahead >= record.ends_at;

// Bring in what waits and take today's list along, unless both were done a moment ago.
export async function goOver(member) {
  const record = await listKept("till");
  const waits = (await touchesKept()).length;
  const isFresh = record?.member === member && !isOver(record) && (await keyKept("till")) && Date.now() - record.ahead - record.listed_at < FRESH;
  const done = isFresh && waits === 0 ? { sent: 0, stuck: [], others: 0 } : await sendAndKeep("/till/kept", keepTill);
  const { count, is_cut } = await listKept("till");
  return { ...done, count, is_cut };
}

// The list as it was taken along; `isOver` where its day has ended, nothing where there is none.
export async function tillList() {
  const record = await listKept("till");
  if (!record) return null;
  const key = await keyKept("till");
  if (isOver(record)) {
    await Promise.all(["till", "marks", "uses"].map(dropKey));
    return { isOver: true };
  }
  return key ? { ...record, list: await unseal(key, record), marks: await keyKept("marks") } : null;
}

export async function noted(record) {
  return (await ownRows(record.member, record, await keyKept("uses"))).filter(isUse);
}

// It is said to be kept only once it is on the disk. A form that was sent keeps its own number.
export async function note(use) {
  const record = await listKept("till");
  const key = await keyKept("uses");
  if (!record || !key || isOver(record)) throw new Error("no list of today is kept here");
  const { member, day, stamp } = record;
  const whole = { client_id: crypto.randomUUID(), device_at: Date.now(), ...use, stamp, act: "use" };
  await addTouch({ member, day, ...(await seal(key, whole)) });
}

export const takeBack = dropTouch;

// Where a code stands on the list: its wave, how it is known there, how often it may be used.
export async function found(kept, code) {
  const mark = await markOf(kept.marks, code);
  const waves = kept.list.waves.filter((wave) => mark in wave.codes);
  const now = Date.now() - kept.ahead;
  const wave = waves.find((one) => one.opens_at <= now && now < one.closes_at) ?? waves[0];
  return wave ? { wave, mark, left: wave.codes[mark], now } : null;
}
