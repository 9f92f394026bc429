// The button 我到了: asks the browser where it is, and sends the form with the answer.
// A live page may exchange the form meanwhile, so that it is looked for each time.
"use strict";
(function () {
  if (!navigator.geolocation) return;
  const PATIENCE_MS = 15000;
  let asked = false;

  function form() {
    return document.querySelector("[data-check-in]");
  }

  function show(words) {
    const found = form();
    if (!found) return;
    const part = found.querySelector("[data-locate]");
    part.hidden = false;
    part.querySelector("button").disabled = asked;
    const said = asked ? found.dataset.locating : words && found.dataset[words];
    if (said) part.querySelector("[data-said]").textContent = said;
  }

  function fill(position) {
    const found = form();
    if (!found) return;
    const coords = position.coords;
    found.elements.latitude.value = coords.latitude;
    found.elements.longitude.value = coords.longitude;
    found.elements.accuracy.value = coords.accuracy;
    found.elements.at.value = Math.round(position.timestamp);
    found.submit();
  }

  function failed(error) {
    asked = false;
    show(error.code === error.PERMISSION_DENIED ? "refused" : "unknown");
    const found = form();
    if (found) found.elements.code.focus();
  }

  document.addEventListener("click", function (event) {
    if (asked || !event.target.closest("[data-locate] button")) return;
    asked = true;
    show();
    navigator.geolocation.getCurrentPosition(fill, failed, { enableHighAccuracy: true, timeout: PATIENCE_MS, maximumAge: 0 });
  });
  document.addEventListener("gz:changed", function () { show(); });
  show();
})();
