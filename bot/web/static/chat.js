// The chat page. Every message is kept here until the service says that it is stored, and is
// sent again under the same id after a reload or a lost connection, so that none is lost or doubled.
import * as blobs from "./blobs.js";

(function () {
  const chat = document.querySelector("[data-chat]");
  if (!chat || !("WebSocket" in window)) return;
  const say = chat.dataset;
  const MOST = Number(say.most);
  const PENDING = "gz-pending:";
  const DRAFT = "gz-draft";
  const SILENCE_MS = 45000;
  const PING_MS = 20000;
  const UPLOAD_MS = 150000;
  const AGAIN_MS = 4000;
  const CAPTION_MOST = 500;

  const lines = chat.querySelector("[data-lines]");
  const form = chat.querySelector("[data-composer]");
  const field = form.querySelector("textarea");
  const send = form.querySelector("[data-send]");
  const count = form.querySelector("[data-count]");
  const refusal = form.querySelector("[data-refusal]");
  const offline = chat.querySelector("[data-chat-offline]");

  let socket = null;
  let ready = false;
  let cursor = null;
  let attempts = 0;
  let heard = 0;
  let reconnectTimer = 0;
  let offlineTimer = 0;
  const seen = new Set();          // cursors of lines that are shown
  const bubbles = new Map();       // own messages by id
  const thumbs = new Map();        // what own photos look like, by id
  let pending = load();            // [{id, text, choice, at, file, position}] not yet stored by the service
  let carrying = false;            // one file at a time is on its way

  // One entry a message, so that two open pages never overwrite each other's.
  function load() {
    const found = [];
    try {
      for (let i = 0; i < localStorage.length; i += 1) {
        const key = localStorage.key(i);
        if (key.startsWith(PENDING)) found.push(JSON.parse(localStorage.getItem(key)));
      }
    } catch { /* private mode: kept in memory alone */ }
    return found.sort((a, b) => a.at - b.at);
  }
  function keep(message) {
    try { localStorage.setItem(PENDING + message.id, JSON.stringify(message)); } catch { /* as above */ }
  }
  function forget(id) {
    try { localStorage.removeItem(PENDING + id); } catch { /* as above */ }
  }
  function newId() {
    const bytes = crypto.getRandomValues(new Uint8Array(16));
    return Array.from(bytes, (b) => b.toString(16).padStart(2, "0")).join("");
  }
  function length(text) { return [...text].length; }

  // ---- showing

  function atEnd() { return lines.scrollHeight - lines.scrollTop - lines.clientHeight < 80; }
  function toEnd() { lines.scrollTop = lines.scrollHeight; }

  function element(tag, className, text) {
    const made = document.createElement(tag);
    if (className) made.className = className;
    if (text !== undefined) made.textContent = text;
    return made;
  }

  function bubble(own, text) {
    const made = element("div", "line " + (own ? "own" : "other"));
    made.append(element("span", "hidden", own ? say.me : say.us));
    if (text) made.append(element("p", "text", text));
    const meta = element("p", "meta");
    made.append(meta);
    return made;
  }

  function icon(name) {
    const space = "http://www.w3.org/2000/svg";
    const made = document.createElementNS(space, "svg");
    made.setAttribute("class", "icon");
    made.setAttribute("aria-hidden", "true");
    made.append(document.createElementNS(space, "use"));
    made.firstChild.setAttribute("href", say.icons + "#" + name);
    return made;
  }

  const GLYPHS = { photo: "camera", voice: "microphone", video: "microphone", position: "map-pin" };

  function attach(made, kind, label, words, address) {
    const box = element("div", "text attached");
    if (address) box.append(photo(kind, label, address));
    else box.append(icon(GLYPHS[kind]), element("span", "", label));
    if (words) box.append(element("p", "heard", words));
    made.insertBefore(box, made.querySelector(".text, .meta"));
  }

  function photo(kind, label, address) {
    const image = element("img");
    image.alt = label;
    image.src = address;
    image.addEventListener("error", function () { image.replaceWith(icon(GLYPHS[kind]), element("span", "", label)); });
    return image;
  }

  // A photo is shown as it was taken until the service has made it ready.
  function look(one, id) {
    if (one.kind !== "photo" || one.state === "lost") return null;
    return one.state === "there" ? "/chat/media/" + one.id : thumbs.get(id) || null;
  }

  function showAttached(made, line) {
    for (const one of line.attached) attach(made, one.kind, one.label, one.words, look(one, line.id));
    if (line.position) attach(made, "position", line.position);
  }

  function setState(id, words, failed) {
    const made = bubbles.get(id);
    if (!made) return;
    made.classList.toggle("waiting", !failed);
    made.classList.toggle("failed", Boolean(failed));
    made.querySelector(".meta").textContent = words;
  }

  function showPending(message) {
    if (bubbles.has(message.id)) return;
    lines.hidden = false;
    const made = bubble(true, message.text);
    if (message.position) attach(made, "position", say.position);
    if (message.file) attach(made, message.file.kind, say[message.file.kind], "", thumbs.get(message.id));
    bubbles.set(message.id, made);
    lines.append(made);
    setState(message.id, ready ? say.sending : say.waiting);
    toEnd();
  }

  function showLine(line) {
    cursor = line.cursor;
    const old = line.id ? bubbles.get(line.id) : null;
    const key = (line.own ? "o" : "t") + line.cursor;
    if (!old && seen.has(key)) return;
    seen.add(key);
    const again = old && !old.matches(".waiting, .failed");   // its words, or its photo, are there now
    const follow = atEnd() || (line.own && !again);
    lines.hidden = false;
    const made = bubble(line.own, line.text);
    showAttached(made, line);
    const meta = made.querySelector(".meta");
    meta.textContent = line.own ? line.clock + " · " + say.stored : line.clock;
    if (line.buttons.length) made.append(choices(line.buttons));
    if (line.link && sameSite(line.link)) {
      const path = new URL(line.link).pathname;
      const link = element("a", "go", path.startsWith("/c/") ? say.follow : say.open);
      link.href = path;
      for (const older of lines.querySelectorAll('a[href="' + link.getAttribute("href") + '"]')) older.remove();
      made.append(link);
    }
    if (line.id) {
      bubbles.set(line.id, made);
      stored(line.id);
    }
    // A message that still waits stands below what the service has.
    const waiting = lines.querySelector(".line.waiting, .line.failed");
    if (old) { old.replaceWith(made); if (!again && waiting && waiting !== old && waiting.isConnected) lines.insertBefore(made, waiting); }
    else if (waiting) lines.insertBefore(made, waiting);
    else lines.append(made);
    if (line.own) retire(made);
    if (follow) toEnd();
  }

  // Only pages of this site are linked, whatever a message says.
  function sameSite(link) {
    try { return /^\/[a-z][\w/-]*$/.test(new URL(link).pathname); } catch { return false; }
  }

  function choices(buttons) {
    const row = element("div", "choices");
    for (const one of buttons) {
      const button = element("button", "", one.label);
      button.type = "button";
      button.addEventListener("click", function () {
        disable(row);
        button.classList.add("chosen");
        post(one.label, one.choice);
      });
      row.append(button);
    }
    return row;
  }

  function disable(row) { for (const button of row.querySelectorAll("button")) button.disabled = true; }

  // An answer was given after these buttons: they have had their time.
  function retire(answer) {
    for (const row of lines.querySelectorAll(".choices")) {
      if (row.compareDocumentPosition(answer) & Node.DOCUMENT_POSITION_FOLLOWING) disable(row);
    }
  }

  // ---- sending

  function post(text, choice, position) {
    const message = { id: newId(), text: text, choice: choice, at: Date.now(), position: position };
    keep(message);
    begin(message);
  }

  // Photos that were chosen together are an album; the words in the field belong to the first.
  async function postFiles(files) {
    const album = files.length > 1 ? newId() : "";
    let text = files[0].kind === "photo" ? takeWords() : "";
    for (const file of files) {
      const carried = { kind: file.kind, seconds: file.seconds, album: album };
      const message = { id: newId(), text: text, choice: null, at: Date.now(), file: carried };
      if (file.kind === "photo") thumbs.set(message.id, URL.createObjectURL(file.blob));
      if (await blobs.put(message.id, file.blob)) keep(message);
      begin(message);
      text = "";
    }
  }

  function takeWords() {
    const text = field.value.trim();
    if (length(text) > MOST) return "";
    field.value = "";
    measure();
    if (length(text) <= CAPTION_MOST) return text;
    post(text, null);
    return "";
  }

  function begin(message) {
    pending.push(message);
    showPending(message);
    transmit(message);
  }

  function transmit(message) {
    if (!ready || !socket || socket.readyState !== WebSocket.OPEN) return;
    if (message.file) { message.held = false; carry(); return; }
    setState(message.id, say.sending);
    socket.send(JSON.stringify({
      type: "message", id: message.id, text: message.text, choice: message.choice, position: message.position,
    }));
  }

  // Files go one after the other, in their order, apart from the socket.
  async function carry() {
    const message = pending.find((one) => one.file);
    if (carrying || !ready || !message || message.held) return;
    carrying = true;
    setState(message.id, say.sending);
    const answer = await upload(message);
    carrying = false;
    if (answer && answer.type === "ack") acknowledged(message.id);
    else if (answer) refused(answer);
    else { setState(message.id, say.waiting); setTimeout(carry, AGAIN_MS); return; }
    carry();
  }

  // The service's answer; null when there was none, and it has to be sent again.
  async function upload(message) {
    const never = (words) => ({ type: "refused", id: message.id, text: words, retry_seconds: null });
    const blob = await blobs.get(message.id);
    if (!blob) return never(say.gone);
    const about = new URLSearchParams({ id: message.id, kind: message.file.kind, text: message.text });
    if (message.file.seconds) about.set("seconds", message.file.seconds);
    if (message.file.album) about.set("album", message.file.album);
    const patience = new AbortController();
    const timer = setTimeout(function () { patience.abort(); }, UPLOAD_MS);
    try {
      const answer = await fetch("/chat/upload?" + about, { method: "POST", body: blob, signal: patience.signal });
      return answer.status === 413 ? never(say.tooBig) : await answer.json();
    } catch { return null; } finally { clearTimeout(timer); }
  }

  function stored(id) {
    if (pending.some((message) => message.id === id && message.file)) blobs.drop(id);
    pending = pending.filter((message) => message.id !== id);
    forget(id);
  }

  function acknowledged(id) {
    stored(id);
    const made = bubbles.get(id);
    if (made && made.classList.contains("waiting")) {
      made.classList.remove("waiting");
      made.querySelector(".meta").textContent = say.stored;
    }
  }

  function refused(frame) {
    const message = pending.find((one) => one.id === frame.id);
    if (message && frame.retry_seconds !== null) {
      setState(frame.id, say.waiting);
      message.held = true;
      setTimeout(function () {
        const still = pending.find((one) => one.id === frame.id);
        if (still) transmit(still);
      }, Math.max(0.5, frame.retry_seconds) * 1000);
      return;
    }
    complain(frame.text);
    if (!message) return;
    stored(frame.id);
    const made = bubbles.get(frame.id);
    bubbles.delete(frame.id);
    if (made) made.remove();
    if (message.choice === null && !field.value) field.value = message.text;   // the words are not lost
    measure();
  }

  function complain(words) {
    refusal.querySelector("span").textContent = words;
    refusal.hidden = !words;
  }

  // ---- the socket

  function connect() {
    clearTimeout(reconnectTimer);
    if (socket && socket.readyState <= WebSocket.OPEN) return;
    const scheme = location.protocol === "https:" ? "wss://" : "ws://";
    const after = cursor === null ? "" : "?after=" + encodeURIComponent(cursor);
    const mine = socket = new WebSocket(scheme + location.host + "/chat/socket" + after);
    heard = Date.now();
    mine.onmessage = function (event) {
      heard = Date.now();
      const frame = JSON.parse(event.data);
      if (frame.type === "line") showLine(frame);
      else if (frame.type === "ready") settled();
      else if (frame.type === "ack") acknowledged(frame.id);
      else if (frame.type === "refused") refused(frame);
    };
    mine.onclose = function () { if (mine === socket) lost(); };
  }

  function settled() {
    ready = true;
    attempts = 0;
    online(true);
    chat.classList.add("settled");
    for (const message of pending) {
      showPending(message);
      transmit(message);
    }
    toEnd();
  }

  function lost() {
    ready = false;
    socket = null;
    online(false);
    for (const message of pending) setState(message.id, say.waiting);
    attempts += 1;
    const seconds = Math.min(30, 2 ** Math.min(attempts, 5)) * (0.5 + Math.random() / 2);
    reconnectTimer = setTimeout(connect, attempts === 1 ? 500 : seconds * 1000);
  }

  function online(is) {
    clearTimeout(offlineTimer);
    if (is) offline.hidden = true;
    else offlineTimer = setTimeout(function () { offline.hidden = false; }, 2500);
  }

  setInterval(function () {
    if (!socket || socket.readyState !== WebSocket.OPEN) return;
    if (Date.now() - heard > SILENCE_MS) { const dead = socket; lost(); dead.close(); }
    else socket.send('{"type":"ping"}');
  }, PING_MS);
  window.addEventListener("offline", function () { const dead = socket; lost(); if (dead) dead.close(); });
  window.addEventListener("online", connect);
  document.addEventListener("visibilitychange", function () { if (!document.hidden) connect(); });
  window.addEventListener("pageshow", function (event) { if (event.persisted) connect(); });

  // ---- the field

  function measure() {
    const size = length(field.value);
    const over = size > MOST;
    count.hidden = size < MOST * 0.8;
    count.textContent = (over ? say.over : say.left).replace("{count}", String(Math.abs(MOST - size)));
    count.classList.toggle("over", over);
    send.disabled = over;
    form.classList.toggle("written", size > 0);
    field.style.height = "auto";
    field.style.height = Math.min(field.scrollHeight + 4, 320) + "px";
    try { localStorage.setItem(DRAFT, field.value); } catch { /* not kept */ }
  }

  form.addEventListener("submit", function (event) {
    event.preventDefault();
    const text = field.value;
    if (!text.trim()) {
      complain(say.empty);
      field.focus();
      return;
    }
    if (length(text) > MOST) return;
    complain("");
    post(text, null);
    field.value = "";
    measure();
    field.focus();
  });
  field.addEventListener("input", function () { complain(""); measure(); });
  field.addEventListener("keydown", function (event) {
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing && event.keyCode !== 229) {
      event.preventDefault();
      form.requestSubmit();
    }
  });
  document.addEventListener("click", function (event) {
    const word = event.target.closest("[data-say]");
    if (word) {
      post(word.dataset.say, null);
      form.scrollIntoView({ block: "end" });
    }
  });

  document.addEventListener("gz:files", function (event) { postFiles(event.detail); });
  document.addEventListener("gz:position", function (event) { post("", null, event.detail); });
  document.addEventListener("gz:trouble", function (event) { complain(event.detail); });

  try { field.value = localStorage.getItem(DRAFT) || ""; } catch { /* none kept */ }
  for (const message of pending) showPending(message);
  measure();
  connect();
})();
