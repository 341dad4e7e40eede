// Codes as people say them, and as the list of the day knows them: by forty bits of an HMAC.
const LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
export const LENGTH = 11;
const MARK_BYTES = 5;
const ALIKE = { O: "0", I: "1", L: "1", U: "V" };

// What somebody typed, read out or scanned; as `typed` on the server.
export function typed(text) {
  const plain = text.trim().slice(0, 300).replace(/^.*[?&#]code=/i, "");
  const letters = plain.replace(/[\s\-–—_.·]/g, "").toUpperCase();
  return letters.replace(/[OILU]/g, (letter) => ALIKE[letter]).slice(0, 40);
}

const doubled = (value) => ((value << 1) & 32 ? (value << 1) ^ 0b100101 : value << 1);

function product(one, other) {
  let total = 0;
  for (let rest = other, weight = one; rest > 0; rest >>= 1, weight = doubled(weight)) if (rest & 1) total ^= weight;
  return total;
}

// The weighed sum of all letters in the field of 32 is nought.
export function isWellTyped(code) {
  const values = [...code].map((letter) => LETTERS.indexOf(letter));
  if (values.length !== LENGTH || values.includes(-1)) return false;
  let total = values[LENGTH - 1];
  let weight = 1;
  for (const value of values.slice(0, -1)) {
    weight = doubled(weight);
    total ^= product(value, weight);
  }
  return total === 0;
}

export async function markOf(key, code) {
  const made = await crypto.subtle.sign("HMAC", key, new TextEncoder().encode(code));
  const text = btoa(String.fromCharCode(...new Uint8Array(made).slice(0, MARK_BYTES)));
  return text.replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
}
