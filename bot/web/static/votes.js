// Counts a vote's ballots into their root with this browser's own arithmetic, checks the
// signature, and finds the visitor's ballot. What is computed is written in docs/votes.md.
"use strict";
(function () {
  const section = document.querySelector("[data-check]");
  if (!section) return;
  const words = section.dataset;
  const verdicts = section.querySelector(".verdicts");
  const field = section.querySelector("input");
  const bytes = (text) => new TextEncoder().encode(text);
  const from64 = (text) => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
  const toHex = (raw) => Array.from(raw, (one) => one.toString(16).padStart(2, "0")).join("");
  const fill = (text, values) => text.replace(/\{(\w+)\}/g, (all, name) => values[name] ?? all);

  async function hash(prefix, ...parts) {
    const raw = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 1));
    raw[0] = prefix;
    let place = 1;
    for (const part of parts) { raw.set(part, place); place += part.length; }
    return new Uint8Array(await crypto.subtle.digest("SHA-256", raw));
  }

  // RFC 6962: a node without a neighbour rises as it is.
  async function rootOf(leaves) {
    while (leaves.length > 1) {
      const above = [];
      for (let at = 0; at + 1 < leaves.length; at += 2) above.push(hash(1, leaves[at], leaves[at + 1]));
      const odd = leaves.length % 2 ? [leaves[leaves.length - 1]] : [];
      leaves = [...await Promise.all(above), ...odd];
    }
    return leaves[0];
  }

  // True, false, or null where this browser can't.
  async function signed(last, keys) {
    if (!keys.some((one) => one.key === last.key)) return false;
    const [text, lines] = last.signed.split("\n\n");
    const raw = from64(last.key.split("+").slice(2).join("+"));
    const signature = from64(lines.trim().split(" ")[2]).slice(4);
    let key;
    try {
      key = await crypto.subtle.importKey("raw", raw.slice(1), { name: "Ed25519" }, false, ["verify"]);
    } catch { return null; }
    return crypto.subtle.verify({ name: "Ed25519" }, key, signature, bytes(`${text}\n`));
  }

  function read(file) {
    const lines = file.trimEnd().split("\n");
    const weighted = lines.slice(-2, -1).filter((line) => line.startsWith('{"weighted":'));
    const ballots = lines.slice(1, -1 - weighted.length).map((line) => JSON.parse(line));
    return { first: `${lines[0]}\n`, ballots, weighted: weighted.map((line) => `${line}\n`), last: JSON.parse(lines[lines.length - 1]) };
  }

  // True when all fits, null when all but the signature could be checked, false when something is wrong.
  async function sound(vote, keys) {
    const header = JSON.parse(vote.first);
    const leaves = await Promise.all([hash(0, bytes(vote.first)), ...vote.ballots.map((one) => hash(0, bytes(`${one.code} ${one.choice}`))), ...vote.weighted.map((line) => hash(0, bytes(line)))]);
    const [origin, size, root] = vote.last.signed.split("\n");
    const same = toHex(await rootOf(leaves)) === toHex(from64(root)) && Number(size) === leaves.length;
    const whole = header.ballots === vote.ballots.length && header.vote === Number(words.vote) && origin.endsWith(`/vote/${words.vote}`);
    return same && whole ? signed(vote.last, keys) : false;
  }

  function choiceOf(ballot) {
    const options = JSON.parse(words.options);
    if (ballot.choice === "-") return words.abstained;
    const parts = ballot.choice.split(/[,>]/).map(Number);
    if (words.method === "score") return parts.map((points, at) => `${options[at]} ${points}`).join("；");
    return parts.map((number) => options[number - 1]).join(ballot.choice.includes(">") ? " → " : "、");
  }

  function say(text, good) {
    const item = document.createElement("li");
    item.textContent = text;
    item.className = good === true ? "proved" : good === false ? "refuted" : "open";
    verdicts.append(item);
  }

  async function check() {
    verdicts.replaceChildren();
    if (!(window.crypto && crypto.subtle)) { say(words.insecure, null); return; }
    const code = field.value.replace(/\D/g, "");
    let vote, keys;
    try {
      const answers = await Promise.all([fetch(words.check, { cache: "no-store" }), fetch("/ledger/keys", { cache: "no-store" })]);
      if (!answers.every((one) => one.ok)) throw new Error(words.check);
      [vote, keys] = [await answers[0].text(), await answers[1].json()];
    } catch { say(words.unreachable, null); return; }
    let good = false;
    try { vote = read(vote); good = await sound(vote, keys); } catch { /* what can't be read is no proof */ }
    if (good === false) { say(words.broken, false); return; }
    say(fill(good ? words.sound : words.unsure, { ballots: vote.ballots.length }), good);
    const mine = vote.ballots.find((one) => one.code === code);
    say(mine ? fill(words.found, { choice: choiceOf(mine) }) : words.missing, Boolean(mine));
  }

  section.querySelector("form").addEventListener("submit", (event) => {
    event.preventDefault();
    check();
  });
})();
