// Runs beside our pages. It keeps nothing about customers: only the page that shows what the device has sealed,
// and what that page is made of. `GIVEN` is written in front by the server (`today_shell.py`).
const NAME = `regulars-${GIVEN.stamp}`;
const FIXED = new Set(GIVEN.kept.filter((path) => path !== GIVEN.page));
// What a server in front of ours answers while ours is away.
const AWAY = new Set([502, 503, 504]);

// Without a cookie: what is kept is the same for everybody.
const ask = (path) => new Request(path, { credentials: "omit", cache: "no-cache" });

async function install() {
  const cache = await caches.open(NAME);
  await cache.addAll(GIVEN.kept.map(ask));
  await self.skipWaiting();
}

async function activate() {
  const names = await caches.keys();
  await Promise.all(names.filter((name) => name.startsWith("regulars-") && name !== NAME).map((name) => caches.delete(name)));
  // The page is asked for while this script is still starting.
  await self.registration.navigationPreload?.enable();
  await self.clients.claim();
}

async function keptPage() {
  return (await caches.match(GIVEN.page)) ?? Response.error();
}

async function page(event) {
  try {
    const answer = (await event.preloadResponse) ?? (await fetch(event.request));
    return AWAY.has(answer.status) ? await keptPage() : answer;
  } catch {
    return keptPage();
  }
}

async function part(request) {
  return (await caches.match(request.url)) ?? fetch(request);
}

self.addEventListener("install", (event) => event.waitUntil(install()));
self.addEventListener("activate", (event) => event.waitUntil(activate()));
self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== self.location.origin) return;
  if (request.mode === "navigate") event.respondWith(page(event));
  else if (FIXED.has(url.pathname)) event.respondWith(part(request));
});
