// Larger print with high contrast: set before the first paint, remembered on this device.
"use strict";
(function () {
  const KEY = "gz-print";
  const root = document.documentElement;
  let large = false;
  try { large = localStorage.getItem(KEY) === "large"; } catch { /* private mode: not remembered */ }
  function show() {
    root.classList.toggle("large", large);
    const button = document.querySelector("[data-print-size]");
    if (button) button.setAttribute("aria-pressed", String(large));
  }
  show();
  document.addEventListener("DOMContentLoaded", function () {
    const button = document.querySelector("[data-print-size]");
    if (!button) return;
    button.hidden = false;
    show();
    button.addEventListener("click", function () {
      large = !large;
      try { localStorage.setItem(KEY, large ? "large" : "usual"); } catch { /* as above */ }
      show();
    });
  });
})();
