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

  function typed(actions) {
    if ([...actions.querySelectorAll("input[type=file], input[name=drawing]")].some((field) => field.value)) return true;
    return [...actions.querySelectorAll("textarea")].some((field) => field.value.trim() && field.value !== field.dataset.given);
  }

  async function renew() {
    const actions = document.querySelector("[data-actions]");
    const answer = await fetch(location.href, { redirect: "error", cache: "no-store" });
    if (!answer.ok) return;
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
    const next = fresh.querySelector("[data-actions]");
    if (!next) return;
    actions.replaceWith(next);
    document.dispatchEvent(new CustomEvent("gz:renewed"));
  }

  // Take the new version into the forms; whoever is typing is told first.
  function check() {
    const actions = document.querySelector("[data-actions]");
    const body = document.querySelector("[data-region=case] [data-version]");
    if (!actions || !body || actions.dataset.version === body.dataset.version) return;
    refresh(actions);
  }

  function refresh(actions) {
    if (typed(actions)) actions.querySelector("[data-stale]").hidden = false;
    else renew().catch(function () { /* offline: the next change asks again */ });
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
    refresh(document.querySelector("[data-actions]"));
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
    if (event.target.closest("[data-renew]")) renew().catch(function () { location.reload(); });
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
  const tab = document.querySelector(".bar nav [aria-current]");
  if (tab) tab.parentElement.scrollLeft = tab.offsetLeft - tab.parentElement.offsetLeft - 40;
  mark();
  toEnd();
})();
