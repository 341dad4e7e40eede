// AES-GCM by the browser itself. A key is taken in so that no script can read it out again.
const OF_URLS = { "-": "+", _: "/" };
const bytes = (text) => Uint8Array.from(atob(text.replace(/[-_]/g, (one) => OF_URLS[one])), (one) => one.charCodeAt(0));

export const keyOf = (text) => crypto.subtle.importKey("raw", bytes(text), "AES-GCM", false, ["encrypt", "decrypt"]);

const MAC = { name: "HMAC", hash: "SHA-256" };
export const markKeyOf = (text) => crypto.subtle.importKey("raw", bytes(text), MAC, false, ["sign"]);

export async function seal(key, value) {
  const iv = crypto.getRandomValues(new Uint8Array(12));
  const plain = new TextEncoder().encode(JSON.stringify(value));
  return { iv, sealed: await crypto.subtle.encrypt({ name: "AES-GCM", iv }, key, plain) };
}

export async function unseal(key, { iv, sealed }) {
  return JSON.parse(new TextDecoder().decode(await crypto.subtle.decrypt({ name: "AES-GCM", iv }, key, sealed)));
}
