// Photos and recordings that the service does not have yet. They outlast a reload where the
// browser has a database for pages; where it has none (private mode) they are kept in memory.
const STORE = "files";
const memory = new Map();
let opening = null;

function database() {
  if (!opening) {
    opening = new Promise(function (resolve) {
      try {
        const asked = indexedDB.open("gongzhi", 1);
        asked.onupgradeneeded = function () { asked.result.createObjectStore(STORE); };
        asked.onsuccess = function () { resolve(asked.result); };
        asked.onerror = asked.onblocked = function () { resolve(null); };
      } catch { resolve(null); }
    });
  }
  return opening;
}

async function run(mode, work) {
  const opened = await database();
  if (!opened) return { done: false };
  return new Promise(function (resolve) {
    try {
      const transaction = opened.transaction(STORE, mode);
      const asked = work(transaction.objectStore(STORE));
      transaction.oncomplete = function () { resolve({ done: true, result: asked.result }); };
      transaction.onerror = transaction.onabort = function () { resolve({ done: false }); };
    } catch { resolve({ done: false }); }
  });
}

// Says whether the file will outlast a reload.
export async function put(id, blob) {
  memory.set(id, blob);
  return (await run("readwrite", (store) => store.put(blob, id))).done;
}

export async function get(id) {
  return memory.get(id) || (await run("readonly", (store) => store.get(id))).result || null;
}

export async function drop(id) {
  memory.delete(id);
  await run("readwrite", (store) => store.delete(id));
}
