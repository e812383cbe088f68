// J and K move through the rows of a list, and so do the arrows once one of them is chosen; Enter opens (the focus is on
// the row's own link), and a letter presses what carries it as data-key in the row.
behaviour("keyboard-list", (list) => {
  const links = () => [...list.querySelectorAll("a.open")].filter((link) => link.offsetParent);

  function move(step) {
    const all = links();
    const here = all.indexOf(document.activeElement);
    const selected = all.findIndex((link) => link.closest("tr")?.classList.contains("selected"));
    const next = here >= 0 ? here + step : selected >= 0 ? selected + step : 0;
    all[Math.max(0, Math.min(next, all.length - 1))]?.focus();
  }

  pageKeys.set("J K", "Move in the list").set("↓ ↑", "The same, once a row is chosen").set("Enter", "Open");
  const steps = { j: 1, k: -1, ArrowDown: 1, ArrowUp: -1 };
  document.addEventListener("keydown", (event) => {
    const is_letter = event.key.length === 1;
    const key = is_letter ? event.key.toLowerCase() : event.key;
    if (busyTyping(event) || (is_letter && !letterKeys())) return;
    if (key in steps && (is_letter || list.contains(document.activeElement))) move(steps[key]);
    else if (is_letter) return pressKey(event, document.activeElement?.closest("tr, li"));
    else return;
    event.preventDefault();
  });
});
