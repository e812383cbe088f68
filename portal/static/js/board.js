// The arrows move between cards: up and down in a column, left and right to the same place in the next one. Enter opens
// the card, and a letter presses what carries it as data-key on the card.
behaviour("board", (board) => {
  const columns = () => [...board.querySelectorAll("section")].filter((column) => column.offsetParent).map((column) => [...column.querySelectorAll("a.open")]);
  const busy = (target) => target.closest("input, select, textarea, dialog, [popover]");

  function step(across, down) {
    const filled = columns().filter((cards) => cards.length);
    const x = filled.findIndex((cards) => cards.includes(document.activeElement));
    if (x < 0) return filled[0]?.[0]?.focus();
    const y = filled[x].indexOf(document.activeElement);
    const column = filled[Math.max(0, Math.min(x + across, filled.length - 1))];
    column[Math.max(0, Math.min(y + down, column.length - 1))].focus();
  }

  pageKeys.set("← ↑ ↓ →", "Move between cards").set("Enter", "Open the card");
  const steps = { ArrowUp: [0, -1], ArrowDown: [0, 1], ArrowLeft: [-1, 0], ArrowRight: [1, 0] };
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || busy(event.target)) return;
    const on_card = board.contains(document.activeElement);
    if (steps[event.key] && (on_card || document.activeElement === document.body)) step(...steps[event.key]);
    else if (/^[a-z]$/i.test(event.key) && on_card && letterKeys()) document.activeElement.closest(".deal")?.querySelector(`[data-key="${event.key.toLowerCase()}"]`)?.click();
    else return;
    event.preventDefault();
  });
});
