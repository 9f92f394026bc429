// The button 我到了: asks the browser where it is, and sends the form with the answer.
"use strict";
(function () {
  const form = document.querySelector("[data-check-in]");
  if (!form || !navigator.geolocation) return;
  const part = form.querySelector("[data-locate]");
  const button = part.querySelector("button");
  const said = part.querySelector("[data-said]");
  const PATIENCE_MS = 15000;
  let asked = false;

  function fill(position) {
    const coords = position.coords;
    form.elements.latitude.value = coords.latitude;
    form.elements.longitude.value = coords.longitude;
    form.elements.accuracy.value = coords.accuracy;
    form.elements.at.value = Math.round(position.timestamp);
    form.submit();
  }

  function failed(error) {
    asked = false;
    button.disabled = false;
    said.textContent = error.code === error.PERMISSION_DENIED ? form.dataset.refused : form.dataset.unknown;
    form.elements.code.focus();
  }

  button.addEventListener("click", function () {
    if (asked) return;
    asked = true;
    button.disabled = true;
    said.textContent = form.dataset.locating;
    navigator.geolocation.getCurrentPosition(fill, failed, { enableHighAccuracy: true, timeout: PATIENCE_MS, maximumAge: 0 });
  });
  part.hidden = false;
})();
