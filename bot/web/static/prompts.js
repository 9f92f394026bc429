// What the telephone line says: played in place, recorded with one press, stopped with another.
"use strict";
(function () {
  const TYPES = ["audio/webm;codecs=opus", "audio/ogg;codecs=opus", "audio/mp4"];
  const MOST_SECONDS = 55;
  const list = document.querySelector("[data-prompts]");
  if (!list) return;
  const say = list.dataset;
  let player = null;
  let now = null;            // the recording that runs: {form, button, stream, recorder, pieces, began, timer}

  function type() {
    if (!window.MediaRecorder || !navigator.mediaDevices || !navigator.mediaDevices.getUserMedia) return null;
    return TYPES.find((one) => MediaRecorder.isTypeSupported(one)) || null;
  }

  function trouble(words) {
    const place = list.querySelector("[data-problem]");
    place.replaceChildren();
    if (!words) return;
    const note = document.createElement("p");
    note.className = "problem";
    note.setAttribute("role", "alert");
    note.textContent = words;
    place.append(note);
  }

  function play(link) {
    if (player) player.pause();
    player = new Audio(link.href);
    player.addEventListener("error", function () { trouble(say.failed); });
    player.play().catch(function () { /* the browser asks for a press first, or another began */ });
  }

  function label(button, words) { button.querySelector("[data-label]").textContent = words; }

  async function begin(button) {
    const form = button.closest("form");
    const mine = now = { form: form, button: button, was: button.textContent.trim(), pieces: [], stream: null, recorder: null, timer: 0 };
    if (player) player.pause();
    trouble("");
    try {
      mine.stream = await navigator.mediaDevices.getUserMedia({ audio: { echoCancellation: false, autoGainControl: false } });
    } catch {
      if (now === mine) now = null;
      trouble(say.denied);
      return;
    }
    if (now !== mine) { release(mine); return; }
    mine.recorder = new MediaRecorder(mine.stream, { mimeType: type(), audioBitsPerSecond: 64000 });
    mine.recorder.ondataavailable = function (event) { if (event.data.size) mine.pieces.push(event.data); };
    mine.recorder.onstop = function () { release(mine); save(mine); };
    mine.recorder.start();
    mine.began = performance.now();
    mine.timer = setInterval(tick, 250);
    button.closest("li").classList.add("is-recording");
    button.setAttribute("aria-pressed", "true");
    tick();
  }

  function tick() {
    if (!now || !now.recorder) return;
    const seconds = (performance.now() - now.began) / 1000;
    label(now.button, say.stop.replace("{count}", String(Math.floor(seconds))));
    if (seconds > MOST_SECONDS) end();
  }

  function end() {
    const mine = now;
    now = null;
    if (mine.recorder) mine.recorder.stop(); else release(mine);
  }

  function release(mine) {
    clearInterval(mine.timer);
    if (mine.stream) for (const track of mine.stream.getTracks()) track.stop();
    mine.button.closest("li").classList.remove("is-recording");
    mine.button.removeAttribute("aria-pressed");
  }

  async function save(mine) {
    label(mine.button, say.saving);
    mine.button.disabled = true;
    try {
      await send(mine.form, new Blob(mine.pieces, { type: mine.recorder.mimeType }));
    } catch {
      trouble(say.failed);
      label(mine.button, mine.was);
      mine.button.disabled = false;
    }
  }

  // Sends the recording as the form would, and takes the row from the page that comes back.
  async function send(form, blob) {
    const data = new FormData(form);
    data.set("recording", blob, "recording");
    const answer = await fetch(form.action, { method: "POST", body: data, cache: "no-store" });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const row = form.closest("li");
    const fresh = page.getElementById(row.id);
    if (!fresh) throw new Error("no such page");
    const refused = page.querySelector("[data-problem] .problem");
    trouble(refused ? refused.textContent.trim() : "");
    take(row, fresh, page);
    if (!refused) forward(fresh);
  }

  function take(row, fresh, page) {
    row.replaceWith(fresh);
    reveal(fresh);
    for (const part of ["[data-progress]", "[data-parts]"]) list.querySelector(part).replaceWith(page.querySelector(part));
  }

  // On to the next that is missing, so that a whole list is read at one sitting.
  function forward(row) {
    let next = row.nextElementSibling;
    while (next && next.classList.contains("is-recorded")) next = next.nextElementSibling;
    const button = (next || row).querySelector("[data-microphone]");
    if (button) button.focus();
  }

  function reveal(part) {
    for (const send of part.querySelectorAll("[data-send]")) send.hidden = true;
    if (type()) for (const button of part.querySelectorAll("[data-microphone]")) button.hidden = false;
  }

  list.addEventListener("click", function (event) {
    const link = event.target.closest("[data-play]");
    if (link) { event.preventDefault(); play(link); return; }
    const button = event.target.closest("[data-microphone]");
    if (!button) return;
    if (!now) begin(button);
    else if (now.button === button) end();
  });
  list.addEventListener("change", async function (event) {
    const file = event.target.files && event.target.files[0];
    const form = event.target.closest("[data-record]");
    if (!file || !form) return;
    try { await send(form, file); } catch { trouble(say.failed); }
  });
  document.addEventListener("keydown", function (event) {
    if (event.key !== "Escape" || !now) return;
    if (now.recorder) now.recorder.onstop = null;
    label(now.button, now.was);
    const mine = now;
    end();
    release(mine);
  });
  reveal(list);
})();
