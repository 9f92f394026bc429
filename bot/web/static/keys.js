// Single letters for those who work at a keyboard; never while something is typed.
"use strict";
(function () {
  const OFF = "gz-keys-off";
  const help = document.getElementById("keys");
  const tick = help && help.querySelector("[data-keys-on]");

  const off = () => { try { return localStorage.getItem(OFF) === "1"; } catch { return false; } };

  // Rows of the queue, of a list, of a board: those that can be seen.
  function rows() {
    return [...document.querySelectorAll("a.row, a[data-row], .alert > a")].filter((row) => row.offsetParent);
  }

  function move(by) {
    const all = rows();
    if (!all.length) return;
    const here = all.indexOf(document.activeElement);
    const open = all.findIndex((row) => row.getAttribute("aria-current"));
    const from = here >= 0 ? here : open;
    const next = all[Math.max(0, Math.min(all.length - 1, from + by))];
    next.focus();
    next.scrollIntoView({ block: "nearest" });
  }

  function step(name) {
    const form = document.querySelector(`form[data-step="${name}"]`);
    if (!form) return false;
    const details = form.closest("details");
    if (details) details.open = true;
    const field = form.querySelector("textarea, select, input:not([type=hidden])") || form.querySelector("[data-do]");
    field.focus();
    field.scrollIntoView({ block: "center" });
    return true;
  }

  function seek() {
    const field = document.getElementById("q");
    if (field) { field.focus(); field.select(); } else location.assign("/desk/all#q");
  }

  const KEYS = {
    j: () => move(1), k: () => move(-1), "/": seek, h: () => location.assign("/desk"),
    t: () => step("take"), r: () => step("arrive"), a: () => step("approve") || step("answer"), x: () => step("reject"), m: () => step("ask"), e: () => step("resolve"),
    1: () => step("choice-1"), 2: () => step("choice-2"),
    "?": () => { if (help && !help.open) { tick.checked = !off(); help.showModal(); } },
  };

  document.addEventListener("keydown", function (event) {
    const typing = event.target.closest("input, textarea, select, [contenteditable], dialog[open]");
    if (typing || event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
    const act = KEYS[event.key];
    if (!act || (off() && event.key !== "?")) return;
    event.preventDefault();
    act();
  });
  document.addEventListener("click", function (event) {
    if (event.target.closest("[data-keys]")) KEYS["?"]();
  });
  if (tick) tick.addEventListener("change", function () {
    try { if (tick.checked) localStorage.removeItem(OFF); else localStorage.setItem(OFF, "1"); } catch { /* not kept */ }
  });
  if (location.hash === "#q") seek();
})();
