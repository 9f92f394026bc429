// Checks receipts against the published checkpoint, with this browser's own arithmetic.
// What is computed here is written in docs/ledger.md; anybody can write it again.
"use strict";
(function () {
  const list = document.querySelector("[data-receipts]");
  if (!list) return;
  const log = document.querySelector("[data-log]");
  const words = log.dataset;
  const KEY = "gz-ledger";
  const bytes = (text) => new TextEncoder().encode(text);
  const fromHex = (text) => Uint8Array.from(text.match(/../g) || [], (pair) => parseInt(pair, 16));
  const toHex = (raw) => Array.from(raw, (one) => one.toString(16).padStart(2, "0")).join("");
  const from64 = (text) => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
  const same = (one, other) => toHex(one) === toHex(other);
  const fill = (text, values) => text.replace(/\{(\w+)\}/g, (all, name) => values[name] ?? all);

  function join(...parts) {
    const raw = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
    let place = 0;
    for (const part of parts) { raw.set(part, place); place += part.length; }
    return raw;
  }

  async function sha256(...parts) {
    return new Uint8Array(await crypto.subtle.digest("SHA-256", join(...parts)));
  }

  const node = (left, right) => sha256(Uint8Array.of(1), left, right);

  class Unreachable extends Error {}

  async function get(path) {
    const answer = await fetch(path, { cache: "no-store" }).catch(() => null);
    if (!answer || !answer.ok) throw new Unreachable(path);
    return answer;
  }

  // RFC 9162, 2.1.3.2: the root to which the proof leads.
  async function climb(leaf, index, size, proof) {
    let place = index, last = size - 1, found = leaf;
    for (const step of proof) {
      if (last === 0) return null;
      if (place % 2 === 1 || place === last) {
        found = await node(step, found);
        while (place % 2 === 0 && place !== 0) { place /= 2; last = Math.floor(last / 2); }
      } else {
        found = await node(found, step);
      }
      place = Math.floor(place / 2);
      last = Math.floor(last / 2);
    }
    return last === 0 ? found : null;
  }

  // RFC 9162, 2.1.4.2: both roots to which the proof of consistency leads.
  async function extend(old, oldRoot, size, root, proof) {
    if (old === size) return same(oldRoot, root);
    if (old > size) return false;
    if (old === 0) return true;
    let place = old - 1, last = size - 1;
    while (place % 2 === 1) { place = (place - 1) / 2; last = Math.floor(last / 2); }
    const steps = place ? proof.slice() : [oldRoot, ...proof];
    let first = steps.shift(), second = first;
    if (!first) return false;
    for (const step of steps) {
      if (last === 0) return false;
      if (place % 2 === 1 || place === last) {
        first = await node(step, first);
        second = await node(step, second);
        while (place % 2 === 0 && place !== 0) { place /= 2; last = Math.floor(last / 2); }
      } else {
        second = await node(second, step);
      }
      place = Math.floor(place / 2);
      last = Math.floor(last / 2);
    }
    return last === 0 && same(first, oldRoot) && same(second, root);
  }

  function read(note) {
    const [text, signed] = note.split("\n\n");
    const lines = text.split("\n");
    return { text: text + "\n", signed: signed.trim().split("\n"), origin: lines[0], size: Number(lines[1]), root: from64(lines[2]) };
  }

  // True, false, or null where this browser can't.
  async function signedBy(note, key) {
    const raw = from64(key.split("+").slice(2).join("+"));
    const line = note.signed.map((one) => one.split(" ")).find((parts) => parts[1] === note.origin && toHex(from64(parts[2]).slice(0, 4)) === key.split("+")[1]);
    if (!line) return false;
    let imported;
    try {
      imported = await crypto.subtle.importKey("raw", raw.slice(1), { name: "Ed25519" }, false, ["verify"]);
    } catch { return null; }
    return crypto.subtle.verify({ name: "Ed25519" }, imported, from64(line[2]).slice(4), bytes(note.text));
  }

  // Whether each key since the one that was seen last was announced by the one before it.
  async function announced(keys, known, origin) {
    const place = keys.findIndex((one) => one.key === known);
    if (place < 0) return false;
    for (let next = place + 1; next < keys.length; next += 1) {
      const [text, signed] = keys[next].announced.split("\n\n");
      if (text !== `${origin}\nthe next key is ${keys[next].key}\nfrom ${keys[next].since}`) return false;
      const note = { text: text + "\n", signed: signed.trim().split("\n"), origin };
      if (!(await signedBy(note, keys[next - 1].key))) return false;
    }
    return true;
  }

  const before = remembered();   // as it was when the page was opened
  let looks = 10;

  function remembered() {
    try { return JSON.parse(localStorage.getItem(KEY)); } catch { return null; }
  }

  function remember(note, key) {
    try {
      localStorage.setItem(KEY, JSON.stringify({ origin: note.origin, size: note.size, root: toHex(note.root), key }));
    } catch { /* private mode: not remembered */ }
  }

  function say(line, good) {
    const item = document.createElement("li");
    item.textContent = line;
    item.className = good === true ? "proved" : good === false ? "refuted" : "open";
    log.querySelector("ul").append(item);
  }

  async function checkLog() {
    const note = read(await (await get("/ledger/checkpoint")).text());
    const keys = await (await get("/ledger/keys")).json();
    const key = keys[keys.length - 1].key;
    const signed = await signedBy(note, key);
    say(fill(signed ? words.signed : signed === null ? words.unsure : words.unsigned, note), signed);
    if (before && before.origin !== note.origin) { say(words.renamed, false); return null; }
    if (!before) {
      say(words.first, null);
    } else {
      const path = `/ledger/consistency?from=${before.size}&to=${note.size}`;
      const proof = before.size <= note.size ? (await (await get(path)).json()).proof.map(from64) : [];
      const grown = await extend(before.size, fromHex(before.root), note.size, note.root, proof);
      say(fill(grown ? words.grown : words.forked, { old: before.size, size: note.size }), grown);
      if (!grown) return null;
      if (before.key !== key && signed !== null) {
        const right = await announced(keys, before.key, note.origin);
        say(right ? words.rekeyed : words.unannounced, right);
        if (!right) return null;
      }
    }
    if (signed === false) return null;
    remember(note, key);
    return note;
  }

  async function check(receipt, note) {
    const middle = JSON.parse(receipt.middle);
    const salt = fromHex(receipt.salt);
    const mark = await sha256(bytes("gongzhi account/1\0"), salt, bytes(receipt.owner));
    if (toHex(mark) !== middle[receipt.side]) return "mark";
    if (receipt.other_salt) {
      const other = fromHex(receipt.other_salt);
      const salts = receipt.side === "debit" ? [salt, other] : [other, salt];
      const named = await sha256(bytes("gongzhi named/1\0"), ...salts, bytes(receipt.inner));
      if (toHex(named) !== middle.named) return "named";
    }
    const sealed = await sha256(fromHex(receipt.nonce), bytes(receipt.middle));
    const leaf = await sha256(Uint8Array.of(0), bytes(receipt.outer), sealed);
    if (receipt.index >= note.size) return "waits";
    const answer = await get(`/ledger/inclusion?index=${receipt.index}&size=${note.size}`);
    const root = await climb(leaf, receipt.index, note.size, (await answer.json()).proof.map(from64));
    return root && same(root, note.root) ? "proved" : "refuted";
  }

  // What stands on the page is what was proved, not what the server drew.
  function write(item, receipt) {
    const outer = JSON.parse(receipt.outer), middle = JSON.parse(receipt.middle);
    const moves = ["transfer", "post", "reversal"].includes(outer.kind);
    const signed = receipt.side === "debit" ? -outer.amount : outer.amount;
    const points = moves ? (signed > 0 ? `+${signed}` : String(signed)) : "0";
    const drawn = item.querySelector("[data-points]").dataset.points;
    return points === drawn && middle.acted === Number(item.dataset.acted);
  }

  async function checkOne(item, note) {
    const receipt = JSON.parse(item.dataset.receipt);
    const verdict = item.querySelector("[data-verdict]");
    let found = "broken";
    try { found = await check(receipt, note); } catch { /* what can't be read is no proof */ }
    if (found === "proved" && !write(item, receipt)) found = "refuted";
    const good = found === "proved" ? "proved" : found === "waits" ? "open" : "refuted";
    item.classList.remove("is-open");
    item.classList.add(`is-${good}`);
    verdict.textContent = fill(found === "proved" ? words.proved : found === "waits" ? words.waits : words.refuted, { index: receipt.index + 1, size: note.size });
  }

  // Without the log nothing can be said of an entry.
  function giveUp(items, how) {
    for (const item of items) { item.classList.add(how); item.querySelector("[data-verdict]").textContent = words.nothing; }
  }

  async function run() {
    const items = [...list.querySelectorAll("[data-receipt]")];
    if (!(window.crypto && crypto.subtle)) { say(words.insecure, null); giveUp(items, "is-open"); return; }
    log.querySelector("ul").replaceChildren();
    let note = null;
    try { note = await checkLog(); } catch (error) {
      if (error instanceof Unreachable) { say(words.unreachable, null); giveUp(items, "is-open"); return; }
      say(words.unsigned, false);   // what can't be read is not signed
    }
    if (note === null) { giveUp(items, "is-refuted"); return; }
    for (const item of items) await checkOne(item, note);
    looks -= 1;
    if (looks && list.querySelector(".is-open")) setTimeout(run, 2000);   // it is signed in a moment
  }

  run();
})();
