// "Đã lưu" has to survive a flat battery. Browsers acknowledge an IndexedDB write before it has reached the disk unless
// the transaction asks for strict durability, which rexie cannot. So every writing transaction without options gets it.
// The store sets `gandanRelaxedWrites` while it imports in bulk, and ends such an import with one strict transaction.
(() => {
  const transaction = IDBDatabase.prototype.transaction;
  IDBDatabase.prototype.transaction = function (stores, mode, options) {
    const strict = mode === "readwrite" && options === undefined && !globalThis.gandanRelaxedWrites;
    const begun = transaction.call(this, stores, mode, strict ? { durability: "strict" } : options);
    // Why the browser rolled it back, which rexie does not tell either: a full phone is known by nothing else.
    begun.addEventListener("abort", () => (globalThis.gandanAborted = begun.error?.name));
    return begun;
  };
})();
