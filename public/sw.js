// The field app without a network. `cargo xtask build` fills in the name of the build and its files.
//
// A build is installed whole or not at all, every file checked against its hash, and takes over only when the app asks
// for it: nobody loses a half-written form to a new version. The server's /api/ is never answered from here.
"use strict";

const BUILD = "{{BUILD}}";
// [path, integrity, bytes] of every file of the build; for the program also the integrity of what is kept of it, the wasm.
const ASSETS = [/*{{ASSETS}}*/];

const SCOPE = "/app/";
const PAGE = "/app/index.html";
const PREFIX = "app-";
const CACHE = PREFIX + BUILD;
const PATHS = new Set(ASSETS.map(([path]) => path));

self.addEventListener("install", (event) => {
  // Where the browser can (Chromium 123), the server's requests do not even start the worker: one that a sync has just
  // started is at work for the browser, and a new build that was asked for would wait minutes for its end.
  event.addRoutes?.({ condition: { urlPattern: "/api/*" }, source: "network" }).catch(() => undefined);
  event.waitUntil(install());
});
self.addEventListener("activate", (event) => event.waitUntil(activate()));
self.addEventListener("message", (event) => {
  if (event.data === "activate") event.waitUntil(self.skipWaiting());
});
self.addEventListener("fetch", (event) => {
  const path = precachedPath(event.request);
  if (path) event.respondWith(answer(path, event.request));
});

// What came in before a failure stays in the cache: on a weak network the next attempt begins where this one ended.
async function install() {
  const cache = await caches.open(CACHE);
  const known = await Promise.all((await appCaches()).map((name) => caches.open(name)));
  const stored = await Promise.allSettled(ASSETS.map((asset) => store(cache, known, asset)));
  const failed = stored.find(({ status }) => status === "rejected");
  if (!failed) return;
  // A full phone needs the room for what people write.
  if (failed.reason.name === "QuotaExceededError") await caches.delete(CACHE);
  throw failed.reason;
}

async function store(cache, known, [path, integrity, , kept = integrity]) {
  for (const other of known) {
    const response = await other.match(path, { ignoreVary: true });
    if (response && (await integrityOf(response.clone())) === kept) {
      if (other !== cache) await cache.put(path, response);
      return;
    }
  }
  // The page has just fetched most of this, so the HTTP cache saves a phone on a weak network half the download. Where
  // it holds other bytes under the same name, the hash says so, and it is passed by. A portal's redirect is no answer.
  const request = { integrity, redirect: "error" };
  const response = await fetch(path, request).catch(() => fetch(path, { ...request, cache: "reload" }));
  if (!response.ok) throw new Error(`${path}: ${response.status}`);
  if (kept === integrity) return cache.put(path, response);
  // Unpacked now, once, and not at every start: what is kept under the program's address compiles as it stands.
  const program = await unpacked(response);
  if ((await integrityOf(program.clone())) !== kept) throw new Error(`${path} was unpacked to something else.`);
  await cache.put(path, program);
}

async function integrityOf(response) {
  const digest = await crypto.subtle.digest("SHA-384", await response.arrayBuffer());
  return "sha384-" + btoa(String.fromCharCode(...new Uint8Array(digest)));
}

async function activate() {
  const old = (await appCaches()).filter((name) => name !== CACHE);
  await Promise.all(old.map((name) => caches.delete(name)));
  // After the very first install the page that asked for it is under no worker yet.
  const controlled = await self.clients.matchAll({ type: "window" });
  if (controlled.length === 0) await self.clients.claim();
}

async function appCaches() {
  return (await caches.keys()).filter((name) => name.startsWith(PREFIX));
}

// The file that answers a request, or nothing where the network should. Every page of the app is the same file.
function precachedPath(request) {
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== self.location.origin || url.pathname.startsWith("/api/")) return null;
  if (request.mode === "navigate") return url.pathname.startsWith(SCOPE) ? PAGE : null;
  return url.search === "" && PATHS.has(url.pathname) ? url.pathname : null;
}

// The stored response itself, not a copy: only that keeps the browser's compiled code.
async function answer(path, request) {
  const cache = await caches.open(CACHE);
  return (await cache.match(path, { ignoreVary: true })) ?? fetch(request);
}

// What the page has as a file of its own.
/*{{UNPACK}}*/
