// Runs in the page before its own scripts: the stop-watches that the figures are defined by.
(() => {
  /** Once the frame with the present state is painted and the main thread is free: the time since the navigation. */
  const painted = () =>
    new Promise((resolve) =>
      requestAnimationFrame(() => {
        const { port1, port2 } = new MessageChannel();
        port1.onmessage = () => resolve(performance.now());
        port2.postMessage(undefined);
      }),
    );

  /** Once something is on the page and painted. */
  const paintedOnce = (isThere) =>
    new Promise((resolve) => {
      const observer = new MutationObserver(() => {
        if (!isThere()) return;
        observer.disconnect();
        resolve(painted());
      });
      observer.observe(document, { childList: true, subtree: true, characterData: true });
    });

  /** When the reader did something: the time of the input itself, not of its handling. */
  const input = (type) => new Promise((resolve) => addEventListener(type, (event) => resolve(event.timeStamp), { once: true, capture: true }));

  /** So long nothing changes any more: nothing that answers a key comes later. */
  const QUIET = 250;

  /** Once nothing in `main` changes any more: whether anything did, and when the last change was painted. */
  const quiet = () =>
    new Promise((resolve) => {
      let last = painted();
      let changed = false;
      const end = async () => {
        observer.disconnect();
        resolve({ at: await last, changed });
      };
      let timer = setTimeout(end, QUIET);
      const observer = new MutationObserver(() => {
        changed = true;
        last = painted();
        clearTimeout(timer);
        timer = setTimeout(end, QUIET);
      });
      observer.observe(document.querySelector("main"), { childList: true, subtree: true, characterData: true });
    });

  // Hears every transaction that stores an operation, or keeps a draft, beneath whatever the app wraps around it.
  let stored = () => {};
  let kept = () => {};
  const transaction = IDBDatabase.prototype.transaction;
  IDBDatabase.prototype.transaction = function (names, mode, options) {
    const made = transaction.call(this, names, mode, options);
    const begun = performance.now();
    const hear = (store, heard) => {
      if (mode !== "readwrite" || ![names].flat().includes(store)) return;
      made.addEventListener("complete", () => heard({ begun, at: performance.now(), durability: made.durability }));
    };
    hear("outbox", (written) => stored(written));
    hear("drafts", (written) => {
      drafts += 1;
      kept(written);
    });
    return made;
  };

  // How long rows were sealed: each draws its nonce of 24 bytes first, and calls nothing outside before it is done. Up to the
  // next call is at least that long.
  let sealing = 0;
  let rows = 0;
  let nonce;
  const bound = () => {
    if (nonce !== undefined) sealing += performance.now() - nonce;
    nonce = undefined;
  };
  const random = Crypto.prototype.getRandomValues;
  Crypto.prototype.getRandomValues = function (bytes) {
    bound();
    const drawn = random.call(this, bytes);
    if (bytes.length === 24) {
      rows += 1;
      nonce = performance.now();
    }
    return drawn;
  };
  const opened = IDBDatabase.prototype.transaction;
  IDBDatabase.prototype.transaction = function (...asked) {
    bound();
    return opened.apply(this, asked);
  };

  // When the key behind a PIN was derived: then the browser's own key is asked for the last step.
  let derived = () => {};
  const sign = SubtleCrypto.prototype.sign;
  SubtleCrypto.prototype.sign = function (...asked) {
    derived(performance.now());
    return sign.apply(this, asked);
  };

  /** Transactions that kept a draft, or where the reader is. */
  let drafts = 0;

  window.stopwatch = {
    closedPainted: paintedOnce(() => document.querySelector("section.keys")),

    drafts: () => drafts,

    /** The notebook opens: when its last digit was pressed, when the key was there, when its list was painted. */
    async listAfterPin() {
      const key = new Promise((resolve) => (derived = resolve));
      const painted = paintedOnce(() => document.querySelector("main a.row"));
      const start = await input("keydown");
      return { start, derived: await key, painted: await painted };
    },

    async textAfterKey(text) {
      const [start, end] = await Promise.all([input("keydown"), paintedOnce(() => text.test(document.querySelector("main")?.textContent ?? ""))]);
      return end - start;
    },

    async listAfterKey() {
      // A key is two events, the second of which changes the field; the first is when it was pressed.
      const typed = input("input").then(quiet);
      const start = await input("keydown");
      const { at, changed } = await typed;
      return { ms: at - start, changed };
    },

    async savedAfterTap() {
      const saved = new Promise((resolve) => (stored = resolve));
      const start = await input("click");
      [sealing, rows] = [0, 0];
      const { at, durability } = await saved;
      return { ms: at - start, durability, sealing, rows };
    },

    async notedAfterTap(words) {
      const row = paintedOnce(() => document.querySelector("main ol.ruled .said")?.textContent === words);
      // A draft that was on its way before the tap does not hold it.
      let start;
      const draft = new Promise((resolve) => (kept = (written) => start <= written.begun && resolve(written)));
      start = await input("click");
      const [shown, { at, durability }] = await Promise.all([row, draft]);
      return { ms: Math.max(shown, at) - start, durability };
    },

    quiet,

    /** What a fixed piece of work takes, many times over: on average, and at best. */
    work() {
      const times = Array.from({ length: 50 }, () => {
        const start = performance.now();
        let seed = 1;
        for (let i = 0; i < 100_000; i += 1) seed = (seed * 48_271) % 2_147_483_647;
        return performance.now() - start + (seed === 0 ? 1 : 0);
      });
      return { mean: times.reduce((sum, time) => sum + time, 0) / times.length, best: Math.min(...times) };
    },

    /** A row of the phone's database. */
    async row(store, key) {
      const asked = (request) => new Promise((resolve) => (request.onsuccess = () => resolve(request.result)));
      const name = (await indexedDB.databases()).map((database) => database.name).find((found) => found.startsWith("gandan-"));
      if (!name) return undefined;
      const database = await asked(indexedDB.open(name));
      const row = await asked(transaction.call(database, store).objectStore(store).get(key));
      database.close();
      return row;
    },
  };
})();
