// A shift's six digits go from the page once somebody checked in, or their time is up.
"use strict";
(function () {
  const shown = document.querySelector("[data-code]");
  const before = there();

  function there() {
    const board = document.querySelector("[data-there]");
    return board ? Number(board.dataset.there) : 0;
  }

  function end() {
    shown.textContent = shown.dataset.over;
  }

  document.addEventListener("gz:changed", function () { if (there() > before) end(); });
  setTimeout(end, Number(shown.dataset.seconds) * 1000);
})();
