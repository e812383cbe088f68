// A letter goes to what carries it as data-key: a link is followed, a part that is folded away opens, and the focus lands
// in its first control. A button that decides something only gets the focus: Enter presses it. On a page that is all of
// one record the letters work without a list.
behaviour("keys", () => {
  document.addEventListener("keydown", (event) => {
    if (!busyTyping(event) && letterKeys()) pressKey(event, null);
  });
});
