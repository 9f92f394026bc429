// Live regions: the server sends a whole piece whenever it changed; it takes the old one's place.
"use strict";
(function () {
  const address = document.body.dataset.live;
  const here = document.body.dataset.here;
  // After a refused form the address is the form's; the page's own can be loaded again.
  if (here && location.pathname !== here) history.replaceState(null, "", here);
  if (!address || !("EventSource" in window)) return;
  const note = document.querySelector("[data-offline]");
  let source = null;
  let failures = 0;
  let noteTimer = 0;

  // What a person typed, opened or was reading must survive the exchange.
  function keep(region) {
    const fields = new Map();
    for (const field of region.querySelectorAll("textarea, input:not([type=hidden]), select")) {
      if (field.id) fields.set(field.id, field.value);
    }
    const open = [...region.querySelectorAll("details[open]")].map((d) => d.id).filter(Boolean);
    const active = region.contains(document.activeElement) ? document.activeElement : null;
    return {
      fields, open,
      id: active && active.id,
      href: active && active.getAttribute("href"),
      at: active && "selectionStart" in active ? active.selectionStart : null,
    };
  }

  function restore(region, kept) {
    for (const id of kept.open) {
      const details = document.getElementById(id);
      if (details) details.open = true;
    }
    for (const [id, value] of kept.fields) {
      const field = document.getElementById(id);
      if (field && region.contains(field)) field.value = value;
    }
    const focus = kept.id ? document.getElementById(kept.id)
      : kept.href ? region.querySelector('[href="' + CSS.escape(kept.href) + '"]') : null;
    if (focus) {
      focus.focus({ preventScroll: true });
      if (kept.at !== null && "setSelectionRange" in focus) focus.setSelectionRange(kept.at, kept.at);
    }
  }

  function replace(name, data) {
    const region = document.querySelector('[data-region="' + name + '"]');
    if (!region || region.dataset.stamp === data.stamp) return;
    const kept = keep(region);
    region.innerHTML = data.html;
    region.dataset.stamp = data.stamp;
    restore(region, kept);
    region.classList.remove("changed");
    void region.offsetWidth;
    region.classList.add("changed");
    document.dispatchEvent(new CustomEvent("gz:changed", { detail: name }));
  }

  function online(is) {
    clearTimeout(noteTimer);
    if (!note) return;
    if (is) note.hidden = true;
    else noteTimer = setTimeout(function () { note.hidden = false; }, 3000);
  }

  function open() {
    if (source || document.hidden) return;
    source = new EventSource(address);
    source.onopen = function () { failures = 0; online(true); };
    source.onerror = function () {
      online(false);
      if (source && source.readyState === EventSource.CLOSED) {
        source = null;
        failures += 1;
        setTimeout(retry, Math.min(60, 2 ** failures) * 1000);
      }
    };
    for (const region of document.querySelectorAll("[data-region]")) {
      const name = region.dataset.region;
      source.addEventListener(name, function (event) { replace(name, JSON.parse(event.data)); });
    }
  }

  // The stream was refused for good: the log-in may have ended. Look before trying again.
  async function retry() {
    try {
      const answer = await fetch(location.href, { redirect: "manual", cache: "no-store" });
      if (answer.type === "opaqueredirect") {
        if (![...document.querySelectorAll("textarea")].some((t) => t.value.trim())) location.reload();
        return;
      }
    } catch { /* still offline */ }
    open();
  }

  function close() {
    if (source) source.close();
    source = null;
  }

  // A hidden page needs no news; it gets everything at once when it is looked at again.
  document.addEventListener("visibilitychange", function () {
    if (document.hidden) close(); else open();
  });
  window.addEventListener("pagehide", close);
  window.addEventListener("pageshow", open);
  window.addEventListener("online", open);
  open();
})();
