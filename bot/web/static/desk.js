// The workbench: mark the open case, keep forms current without losing what is typed, print.
"use strict";
(function () {
  const STEP = "data-step";

  function mark() {
    const id = document.body.dataset.case;
    for (const row of document.querySelectorAll(".row[data-case]")) {
      if (row.dataset.case === id) row.setAttribute("aria-current", "true");
    }
  }

  // Whether somebody wrote or chose something that is not sent yet.
  function touched() {
    const actions = document.querySelector("[data-actions]");
    return [...actions.querySelectorAll("textarea, select, input:not([type=hidden]), input[name=drawing]")].some(differs);
  }

  function differs(field) {
    if (field.type === "textarea") return field.value.trim() && field.value !== field.dataset.given;
    if (field.type === "checkbox" || field.type === "radio") return field.checked !== field.defaultChecked;
    if (field.name === "drawing") return field.value;
    if (field.type !== "select-one") return field.value !== field.defaultValue;
    const given = [...field.options].find((option) => option.defaultSelected) || field.options[0];
    return given && field.value !== given.value;
  }

  async function newForms() {
    const answer = await fetch(location.href, { redirect: "error", cache: "no-store" });
    if (!answer.ok) return null;
    return new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("[data-actions]");
  }

  function take(next) {
    if (!next) return;
    const old = document.querySelector("[data-actions]");
    for (const details of old.querySelectorAll("details[open][id]")) {
      const same = next.querySelector("#" + CSS.escape(details.id));
      if (same) same.open = true;
    }
    old.replaceWith(next);
    document.dispatchEvent(new CustomEvent("gz:renewed"));
  }

  // Take the new version into the forms; whoever is typing is told first.
  function check() {
    const actions = document.querySelector("[data-actions]");
    const body = document.querySelector("[data-region=case] [data-version]");
    if (!actions || !body || actions.dataset.version === body.dataset.version) return;
    refresh().catch(function () { /* offline: the next change asks again */ });
  }

  // Somebody may begin to type while the new forms are on their way.
  async function refresh() {
    const next = touched() ? null : await newForms();
    const actions = document.querySelector("[data-actions]");
    if (touched()) actions.querySelector("[data-stale]").hidden = false;
    else take(next);
  }

  // Put a template where the cursor is; undo takes it out again.
  function insert(template) {
    const field = document.getElementById(template.dataset.into);
    field.setRangeText(template.dataset.insert, field.selectionStart, field.selectionEnd, "end");
    field.focus();
  }

  // The link of an organisation that is no longer asked opens nothing.
  function checkLink() {
    const panel = document.querySelector("[data-link-of]");
    if (!panel || document.querySelector(`[data-referral="${panel.dataset.linkOf}"]`)) return;
    panel.remove();
    refresh().catch(function () { /* offline: the next change asks again */ });
  }

  function toEnd() {
    const list = document.querySelector("[data-follow-end]");
    if (list) list.scrollTop = list.scrollHeight;
  }

  document.addEventListener("gz:changed", function (event) {
    if (event.detail === "queue") mark();
    if (event.detail === "case") check();
    if (event.detail === "referral") checkLink();
    if (event.detail === "talk") toEnd();
  });
  async function copy(button) {
    const field = document.getElementById(button.dataset.copy);
    field.select();
    await navigator.clipboard.writeText(field.value);
    button.textContent = button.dataset.copied;
  }

  document.addEventListener("click", function (event) {
    const button = event.target.closest("[data-copy]");
    if (button) copy(button).catch(function () { /* not allowed: the address is selected */ });
    const template = event.target.closest("[data-insert]");
    if (template) insert(template);
    if (event.target.closest("[data-renew]")) newForms().then(take).catch(function () { location.reload(); });
    if (event.target.closest("[data-print]")) {
      event.preventDefault();
      window.print();
    }
  });
  document.addEventListener("submit", function (event) {
    if (!event.target.hasAttribute(STEP)) return;
    if (event.target.dataset.sent) event.preventDefault();
    event.target.dataset.sent = "yes";
    setTimeout(function () { delete event.target.dataset.sent; }, 4000);
  });
  document.addEventListener("keydown", function (event) {
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
    const form = event.target.closest("form[data-step]");
    if (form) form.requestSubmit();
  });
  for (const button of document.querySelectorAll("[data-copy]")) button.hidden = false;
  const tab = document.querySelector(".tabs [aria-current]");
  if (tab) tab.parentElement.scrollLeft = tab.offsetLeft - tab.parentElement.offsetLeft - 40;
  mark();
  toEnd();
})();
