// A behaviour is a function of one element, named in the element's data-behaviour. Every flow works without any of them.
const behaviours = new Map();

function behaviour(name, attach) {
  behaviours.set(name, attach);
}

function attachWithin(root) {
  for (const element of root.querySelectorAll("[data-behaviour]")) {
    for (const name of element.dataset.behaviour.split(" ")) behaviours.get(name)?.(element);
  }
}

// What a behaviour of this page moves with, and what that does: the help says it.
const pageKeys = new Map();

// Letters are shortcuts only where nothing is being typed, and only for readers who left them on.
const letterKeys = () => document.documentElement.dataset.letterKeys !== "off";
const busyTyping = (event) =>
  event.ctrlKey || event.metaKey || event.altKey || event.isComposing ||
  event.target.closest("input:not([type=checkbox], [type=radio]), select, textarea, [contenteditable], dialog, [popover]");

// In the row first, then anywhere on the page.
function pressKey(event, row) {
  if (!/^[a-z]$/i.test(event.key)) return;
  const wanted = `[data-key="${CSS.escape(event.key.toLowerCase())}"]`;
  const target = row?.querySelector(wanted) ?? document.querySelector(wanted);
  if (!target) return;
  event.preventDefault();
  if (target.matches("summary")) {
    target.parentElement.open = true;
    target.parentElement.querySelector("input:not([type=hidden]), select, textarea, button")?.focus();
  } else if (target.matches("form button:not([type=button])") && !row?.contains(target)) {
    const fields = [...target.form.querySelectorAll("textarea, select, input:not([type=hidden])")];
    (fields.find((field) => field.checkVisibility()) ?? target).focus();
  } else {
    target.click();
  }
}

document.addEventListener("DOMContentLoaded", () => attachWithin(document));
