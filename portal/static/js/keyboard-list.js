// J and K move through the rows of a list, Enter opens (the focus is on the row's own link), and a letter presses what
// carries it as data-key: in the row first, then anywhere on the page.
behaviour("keyboard-list", (list) => {
  const links = () => [...list.querySelectorAll("a.open")].filter((link) => link.offsetParent);
  const busy = (target) => target.closest("input, select, textarea, [contenteditable], dialog, [popover]");

  function move(step) {
    const all = links();
    const here = all.indexOf(document.activeElement);
    const selected = all.findIndex((link) => link.closest("tr")?.classList.contains("selected"));
    const next = here >= 0 ? here + step : selected >= 0 ? selected + step : 0;
    all[Math.max(0, Math.min(next, all.length - 1))]?.focus();
  }

  function press(key) {
    const wanted = `[data-key="${CSS.escape(key)}"]`;
    const row = document.activeElement?.closest("tr, li");
    (row?.querySelector(wanted) ?? document.querySelector(wanted))?.click();
  }

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || busy(event.target)) return;
    const key = event.key.toLowerCase();
    if (key === "j" || key === "k") move(key === "j" ? 1 : -1);
    else if (/^[a-z]$/.test(key)) press(key);
    else return;
    event.preventDefault();
  });
});
