// Speaking, showing, saying where: what the chat page can send besides words. Each way hands over
// by an event; the chat keeps it and sends it.
"use strict";
(function () {
  const ways = document.querySelector("[data-ways]");
  if (!ways) return;
  const say = ways.dataset;
  const TYPES = ["audio/webm;codecs=opus", "audio/ogg;codecs=opus", "audio/mp4"];
  const MOST_SECONDS = 120;
  const LEAST_SECONDS = 0.7;
  const WARN_SECONDS = 10;
  const TAP_MS = 400;
  const AWAY_PX = 70;
  const SIDE_MOST = 2048;
  const FILE_MOST = 20 * 1024 * 1024;
  const calm = window.matchMedia("(prefers-reduced-motion: reduce)");

  const talk = ways.querySelector("[data-talk]");
  const label = ways.querySelector("[data-talk-label]");
  const note = ways.querySelector("[data-note]");
  const stop = ways.querySelector("[data-cancel]");
  const voiceFile = ways.querySelector("[data-voice-file]");
  const photos = ways.querySelector("[data-photos]");
  const where = ways.querySelector("[data-where]");

  function tell(name, detail) { document.dispatchEvent(new CustomEvent("gz:" + name, { detail: detail })); }
  function trouble(words) { tell("trouble", words); }

  // ---- speaking

  let now = null;            // the recording that runs: {stream, recorder, pieces, began, timer, meter}
  let pressed = null;        // "first" begins a recording, "again" ends it
  let pressedAt = 0;
  let away = false;

  function type() {
    if (!window.MediaRecorder || !navigator.mediaDevices || !navigator.mediaDevices.getUserMedia) return null;
    return TYPES.find((one) => MediaRecorder.isTypeSupported(one)) || null;
  }

  async function begin() {
    const mine = now = { stream: null, recorder: null, pieces: [], began: 0, timer: 0, meter: null };
    trouble("");
    show();
    try {
      mine.stream = await navigator.mediaDevices.getUserMedia({ audio: true });
    } catch (error) {
      if (now === mine) now = null;
      show();
      deaf(error);
      return;
    }
    if (now !== mine) { release(mine); return; }    // given up while the browser was asking
    mine.recorder = new MediaRecorder(mine.stream, { mimeType: type(), audioBitsPerSecond: 48000 });
    mine.recorder.ondataavailable = function (event) { if (event.data.size) mine.pieces.push(event.data); };
    mine.recorder.onstop = function () { if (now === mine) end(true); finish(mine); };
    mine.recorder.start(1000);
    mine.began = performance.now();
    mine.meter = calm.matches ? null : meter(mine.stream);
    mine.timer = setInterval(tick, 100);
    show();
  }

  function seconds() { return now && now.recorder ? (performance.now() - now.began) / 1000 : 0; }

  // Ends what runs; `wanted` says whether it is to be sent.
  function end(wanted) {
    const mine = now;
    mine.seconds = seconds();
    mine.wanted = wanted;
    now = null;
    away = false;
    show();
    if (!mine.recorder) { if (wanted) trouble(say.tooShort); return; }
    if (mine.recorder.state !== "inactive") mine.recorder.stop();
  }

  function finish(mine) {
    release(mine);
    if (!mine.wanted) return;
    if (mine.seconds < LEAST_SECONDS) { trouble(say.tooShort); return; }
    const blob = new Blob(mine.pieces, { type: mine.recorder.mimeType });
    tell("files", [{ blob: blob, kind: "voice", seconds: Math.round(mine.seconds * 10) / 10 }]);
  }

  function release(mine) {
    clearInterval(mine.timer);
    if (mine.meter) mine.meter.close();
    if (mine.stream) for (const track of mine.stream.getTracks()) track.stop();
  }

  function deaf(error) {
    trouble(error.name === "NotAllowedError" || error.name === "SecurityError" ? say.denied : say.noMicrophone);
    voiceFile.hidden = false;
  }

  function meter(stream) {
    if (!window.AudioContext) return null;
    const context = new AudioContext();
    const analyser = context.createAnalyser();
    analyser.fftSize = 512;
    context.createMediaStreamSource(stream).connect(analyser);
    const samples = new Uint8Array(analyser.fftSize);
    return {
      level: function () {
        analyser.getByteTimeDomainData(samples);
        let loudest = 0;
        for (const sample of samples) loudest = Math.max(loudest, Math.abs(sample - 128) / 128);
        return loudest;
      },
      close: function () { context.close(); },
    };
  }

  function tick() {
    if (!now) return;        // it ended while this call was on its way
    if (seconds() >= MOST_SECONDS) { end(true); return; }
    if (now.meter) talk.style.setProperty("--level", now.meter.level().toFixed(2));
    show();
  }

  function write(where, words) { if (where.textContent !== words) where.textContent = words; }

  function show() {
    const held = pressed === "first";
    talk.classList.toggle("on", Boolean(now));
    talk.classList.toggle("away", away);
    talk.setAttribute("aria-pressed", String(Boolean(now)));
    stop.hidden = !now || held;
    write(label, words(held));
    write(note, !now || !now.recorder ? "" : held ? say.holding : say.handsFree);
  }

  function words(held) {
    if (!now) return say.hold;
    if (!now.recorder) return say.asking;
    const left = MOST_SECONDS - seconds();
    const time = (left < WARN_SECONDS ? say.left : say.time).replace("{count}", String(Math.floor(left < WARN_SECONDS ? left : seconds())));
    return (away ? say.release : held ? say.letGo : say.press) + " " + time;
  }

  function outside(event) {
    const box = talk.getBoundingClientRect();
    return event.clientY < box.top - AWAY_PX || event.clientY > box.bottom + AWAY_PX
      || event.clientX < box.left - AWAY_PX || event.clientX > box.right + AWAY_PX;
  }

  talk.addEventListener("pointerdown", function (event) {
    if (event.button !== 0 || pressed) return;
    talk.setPointerCapture(event.pointerId);
    pressed = now ? "again" : "first";
    pressedAt = performance.now();
    if (!now) begin();
  });
  talk.addEventListener("pointermove", function (event) {
    if (!now || !pressed || away === outside(event)) return;
    away = !away;
    show();
  });
  // A short touch goes on hands free, and so does one during which the browser asked for leave.
  talk.addEventListener("pointerup", function () {
    const was = pressed;
    pressed = null;
    if (!now) return;
    const long = now.recorder && performance.now() - pressedAt > TAP_MS;
    if (away) end(false);
    else if (was === "again" || (was === "first" && long)) end(true);
    else show();
  });
  talk.addEventListener("pointercancel", function () {
    pressed = null;
    away = false;
    show();
  });
  talk.addEventListener("click", function (event) {
    if (event.detail !== 0) return;              // the keyboard; fingers were heard above
    if (now) end(true); else begin();
  });
  talk.addEventListener("contextmenu", function (event) { event.preventDefault(); });
  stop.addEventListener("click", function () { if (now) end(false); });
  document.addEventListener("keydown", function (event) {
    if (event.key === "Escape" && now) end(false);
  });

  // ---- files

  function fits(blob) {
    if (blob.size <= FILE_MOST) return true;
    trouble(say.tooBig);
    return false;
  }

  // Photos are made smaller before they travel; what can't be drawn travels as it is.
  async function smaller(file) {
    try {
      const image = await createImageBitmap(file);
      const scale = Math.min(1, SIDE_MOST / Math.max(image.width, image.height));
      const canvas = document.createElement("canvas");
      canvas.width = Math.round(image.width * scale);
      canvas.height = Math.round(image.height * scale);
      canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
      image.close();
      const made = await new Promise((resolve) => canvas.toBlob(resolve, "image/jpeg", 0.85));
      return made || file;
    } catch { return file; }
  }

  function chosen(input, take) {
    input.addEventListener("change", async function () {
      const files = [...input.files];
      trouble("");
      await take(files);
      input.value = "";
    });
  }

  chosen(photos.querySelector("input"), async function (files) {
    const made = [];
    for (const file of files) made.push(await smaller(file));
    const sent = made.filter(fits).map((blob) => ({ blob: blob, kind: "photo", seconds: null }));
    if (sent.length) tell("files", sent);
  });
  chosen(voiceFile.querySelector("input"), async function (files) {
    const sent = files.filter(fits).map((blob) => ({ blob: blob, kind: "voice", seconds: null }));
    if (sent.length) tell("files", sent);
  });

  // ---- where

  where.addEventListener("click", function () {
    where.disabled = true;
    trouble("");
    note.textContent = say.looking;
    navigator.geolocation.getCurrentPosition(function (found) {
      over("");
      tell("position", {
        latitude: found.coords.latitude,
        longitude: found.coords.longitude,
        accuracy: found.coords.accuracy,
        at: Math.round(found.timestamp),
      });
    }, function (error) {
      over(error.code === error.PERMISSION_DENIED ? say.whereDenied : say.nowhere);
    }, { enableHighAccuracy: true, timeout: 15000, maximumAge: 0 });
  });

  function over(words) {
    where.disabled = false;
    note.textContent = "";
    trouble(words);
  }

  ways.hidden = false;
  photos.hidden = false;
  if (type()) { talk.hidden = false; show(); } else voiceFile.hidden = false;
  where.hidden = !(window.isSecureContext && "geolocation" in navigator);
})();
