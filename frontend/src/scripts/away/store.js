// Two small databases in the browser: what is sealed, and apart from it the keys, which go first.
const SEALED = "regulars";
const KEYS = "regulars-keys";

const settled = (request) =>
  new Promise((done, failed) => {
    request.onsuccess = () => done(request.result);
    request.onerror = () => failed(request.error);
  });

function open(name) {
  const request = indexedDB.open(name, 1);
  request.onupgradeneeded = () => {
    const found = request.result;
    if (name === KEYS) found.createObjectStore("keys");
    else {
      found.createObjectStore("list");
      found.createObjectStore("touches", { keyPath: "seq", autoIncrement: true });
    }
  };
  return settled(request);
}

// Resolves when it is on the disk, not when it was asked for: what is said to be kept is kept.
async function change(name, table, act) {
  const found = await open(name);
  try {
    const deal = found.transaction(table, "readwrite", { durability: "strict" });
    const over = new Promise((done, failed) => {
      deal.oncomplete = done;
      deal.onabort = () => failed(deal.error ?? new Error("not kept"));
    });
    const asked = act(deal.objectStore(table));
    await over;
    return asked.result;
  } finally {
    found.close();
  }
}

async function read(name, table, act) {
  const found = await open(name);
  try {
    return await settled(act(found.transaction(table).objectStore(table)));
  } finally {
    found.close();
  }
}

// There is a list for each page that goes on without a connection: today's, and the till's.
export const listKept = (name = "today") => read(SEALED, "list", (rows) => rows.get(name));
export const keepList = (record, name = "today") => change(SEALED, "list", (rows) => rows.put(record, name));
export const dropList = (name) => change(SEALED, "list", (rows) => rows.delete(name));
export const forgetList = () => change(SEALED, "list", (rows) => rows.clear());

// In the order in which they were written down.
export const touchesKept = () => read(SEALED, "touches", (rows) => rows.getAll());
export const addTouch = (record) => change(SEALED, "touches", (rows) => rows.add(record));
export const changeTouch = (record) => change(SEALED, "touches", (rows) => rows.put(record));
export const dropTouch = (seq) => change(SEALED, "touches", (rows) => rows.delete(seq));

export const keyKept = (name) => read(KEYS, "keys", (rows) => rows.get(name));
export const keepKey = (name, key) => change(KEYS, "keys", (rows) => rows.put(key, name));
export const dropKey = (name) => change(KEYS, "keys", (rows) => rows.delete(name));
export const forgetKeys = () => change(KEYS, "keys", (rows) => rows.clear());
