// Steps taken without a network: kept in this browser with what was typed, sent in order when it is back.
// Each form has an id of its own, so that the server counts it once however often it comes.
"use strict";
(function () {
  const panel = document.querySelector("[data-unsent]");
  const staff = document.body.dataset.staff;
  if (!panel || !("indexedDB" in window)) return;
  const list = panel.querySelector("ol"), line = panel.querySelector("template");
  const PING_MS = 4000, AGAIN_MS = 15000;
  let sending = false;

  // The store: one row a step, in the order they were taken.
  function opened() {
    return new Promise(function (done, failed) {
      const asked = indexedDB.open("gongzhi-desk", 1);
      asked.onupgradeneeded = function () { asked.result.createObjectStore("steps", { keyPath: "id", autoIncrement: true }); };
      asked.onsuccess = function () { done(asked.result); };
      asked.onerror = function () { failed(asked.error); };
    });
  }

  async function stored(mode, act) {
    const db = await opened();
    try {
      return await new Promise(function (done, failed) {
        const asked = act(db.transaction("steps", mode).objectStore("steps"));
        asked.onsuccess = function () { done(asked.result); };
        asked.onerror = function () { failed(asked.error); };
      });
    } finally { db.close(); }
  }

  async function mine() {
    const all = await stored("readonly", (steps) => steps.getAll());
    return all.filter((step) => step.staff === staff);
  }

  const save = (step) => stored("readwrite", (steps) => steps.put(step));
  const drop = (id) => stored("readwrite", (steps) => steps.delete(id));

  function freshId() {
    return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  }

  function wordsOf(step) {
    return step.fields.filter(([name, value]) => ["words", "note", "why", "where", "name"].includes(name) && typeof value === "string" && value.trim()).map(([, value]) => value).join("\n");
  }

  function draw(step) {
    const item = line.content.firstElementChild.cloneNode(true);
    const link = item.querySelector("a"), quote = item.querySelector("blockquote"), why = item.querySelector(".unsent-why");
    link.href = step.page;
    link.querySelector("strong").textContent = step.label;
    link.querySelector(".number").textContent = step.number;
    quote.textContent = wordsOf(step);
    quote.hidden = !quote.textContent;
    why.textContent = step.why || "";
    why.hidden = !step.why;
    item.classList.toggle("is-refused", Boolean(step.why));
    item.querySelector("[data-again]").hidden = !step.why;
    item.querySelector("[data-again]").dataset.id = item.querySelector("[data-drop]").dataset.id = step.id;
    return item;
  }

  async function show() {
    const steps = await mine();
    panel.hidden = steps.length === 0;
    list.replaceChildren(...steps.map(draw));
    for (const form of document.querySelectorAll("form[data-step]")) {
      const bare = !form.querySelector("textarea, select, input:not([type=hidden])");
      const waits = steps.some((step) => step.action === form.action && !step.why);
      form.querySelector("[data-do]").disabled = bare && waits;
    }
  }

  function note(words) {
    const place = panel.querySelector("[data-unsent-note]");
    place.textContent = words;
    place.hidden = !words;
  }

  async function keep(form) {
    await save({
      staff, page: document.body.dataset.here, action: form.action, step: form.dataset.step, number: form.dataset.number,
      label: form.querySelector("[data-do]").textContent.trim(), version: form.elements.version.value,
      fields: [...new FormData(form)].filter(([name]) => name !== "csrf" && name !== "version"), why: "",
    });
    form.reset();
    form.elements.once.value = freshId();
    const details = form.closest("details");
    if (details) details.open = false;
    await show();
  }

  async function reachable() {
    if (!navigator.onLine) return false;
    try {
      const answer = await fetch("/healthz", { method: "HEAD", cache: "no-store", signal: AbortSignal.timeout(PING_MS) });
      return answer.ok;
    } catch { return false; }
  }

  async function submit(form) {
    try {
      if (await reachable()) form.submit();
      else await keep(form);
    } catch { form.submit(); }  // the browser can't keep anything: let it say what is wrong
  }

  function parsed(text) { return new DOMParser().parseFromString(text, "text/html"); }
  const versionOf = (page) => page.querySelector("[data-actions]")?.dataset.version;
  const isLogin = (answer) => new URL(answer.url).pathname.startsWith("/desk/login");

  // Send one step: what the page says now is asked for first, so that nobody's change is overlooked.
  // True when the next one may follow; a network that is away throws.
  async function send(step) {
    const before = await fetch(step.page, { cache: "no-store" });
    if (isLogin(before)) { note(panel.dataset.login); return false; }
    const page = before.ok ? parsed(await before.text()) : null;
    const csrf = page?.querySelector("[name=csrf]")?.value;
    if (!csrf) return refuse(step, before);
    const form = new FormData();
    for (const [name, value] of step.fields) form.append(name, value);
    form.set("csrf", csrf);
    form.set("version", step.version);
    const answer = await fetch(step.action, { method: "POST", body: form, cache: "no-store" });
    if (!answer.ok) return refuse(step, answer);
    await drop(step.id);
    await follow(step, versionOf(page), versionOf(parsed(await answer.text())));
    return true;
  }

  // What was taken from the same page expects no change but ours.
  async function follow(step, was, is) {
    if (was !== step.version) return;
    for (const later of await mine()) {
      if (later.page === step.page && later.version === was) await save({ ...later, version: is });
    }
  }

  async function refuse(step, answer) {
    if (answer.status >= 500 || answer.status === 429) return false;
    const said = parsed(await answer.text()).querySelector(".problem");
    await save({ ...step, why: said ? said.textContent.trim() : panel.dataset.forbidden });
    return true;
  }

  async function flush() {
    if (sending || !navigator.onLine) return;
    sending = true;
    try {
      note("");
      const held = new Set();
      for (const { id } of await mine()) {
        const step = (await mine()).find((one) => one.id === id);
        if (!step || held.has(step.page)) continue;
        if (!step.why && !await send(step)) break;
        if ((await mine()).some((one) => one.id === id)) held.add(step.page);
      }
    } catch { /* away again: the next time */ } finally {
      sending = false;
      await show();
    }
  }

  async function again(id) {
    const step = (await mine()).find((one) => one.id === id);
    const page = await fetch(step.page, { cache: "no-store" });
    const version = versionOf(parsed(await page.text())) || step.version;
    await save({ ...step, version, why: "" });
    await flush();
  }

  // One window at a time sends; the others look again afterwards.
  function sendAll() {
    if (!navigator.locks) return flush();
    return navigator.locks.request("gongzhi-steps", flush);
  }

  document.addEventListener("submit", function (event) {
    const form = event.target;
    if (!form.hasAttribute("data-step") || event.defaultPrevented) return;
    event.preventDefault();
    submit(form);
  });
  panel.addEventListener("click", function (event) {
    const button = event.target.closest("button");
    if (!button) return;
    const id = Number(button.dataset.id);
    const done = button.hasAttribute("data-drop") ? drop(id).then(show) : again(id);
    done.catch(function () { /* away: it stays as it is */ });
  });
  document.addEventListener("gz:renewed", function () { show(); });
  window.addEventListener("online", function () { sendAll(); });
  document.addEventListener("visibilitychange", function () { if (!document.hidden) sendAll(); });
  setInterval(function () { if (!panel.hidden && !document.hidden) sendAll(); }, AGAIN_MS);
  show().then(sendAll).catch(function () { /* a browser that keeps nothing: forms go as they are */ });
})();
