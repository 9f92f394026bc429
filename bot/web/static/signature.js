// A signature drawn with a finger, a pen or a mouse: sent with the form as a small PNG.
"use strict";
(function () {
  const INK = "#000000", THICK = 4;
  let canvas = null;

  // Forms are replaced when the case changes, so each is shown when it appears.
  function reveal() {
    for (const box of document.querySelectorAll("[data-signature][hidden]")) box.hidden = false;
  }

  function place(event) {
    const frame = canvas.getBoundingClientRect();
    return [
      (event.clientX - frame.left) * canvas.width / frame.width,
      (event.clientY - frame.top) * canvas.height / frame.height,
    ];
  }

  function begin(event) {
    const touched = event.target.closest("canvas[data-sign]");
    if (!touched || event.button || canvas) return;
    event.preventDefault();
    canvas = touched;
    canvas.setPointerCapture(event.pointerId);
    const pen = canvas.getContext("2d"), [x, y] = place(event);
    pen.strokeStyle = INK;
    pen.lineWidth = THICK;
    pen.lineCap = pen.lineJoin = "round";
    pen.beginPath();
    pen.moveTo(x, y);
    pen.lineTo(x, y);
    pen.stroke();
  }

  function go(event) {
    if (!canvas) return;
    const pen = canvas.getContext("2d");
    pen.lineTo(...place(event));
    pen.stroke();
  }

  function end() {
    if (!canvas) return;
    canvas.closest("[data-signature]").querySelector("[name=drawing]").value = canvas.toDataURL("image/png");
    canvas = null;
  }

  function wipe(event) {
    const button = event.target.closest("[data-unsign]");
    if (!button) return;
    const box = button.closest("[data-signature]"), drawn = box.querySelector("canvas");
    drawn.getContext("2d").clearRect(0, 0, drawn.width, drawn.height);
    box.querySelector("[name=drawing]").value = "";
  }

  document.addEventListener("pointerdown", begin);
  document.addEventListener("pointermove", go);
  document.addEventListener("pointerup", end);
  document.addEventListener("pointercancel", end);
  document.addEventListener("click", wipe);
  document.addEventListener("gz:renewed", reveal);
  reveal();
})();
