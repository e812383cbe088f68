// "?" says which keys this page knows: what its behaviours move with, then each letter as it is bound, by what carries it
// as data-key. Where one letter stands in every row, the list says once what it does (data-key-x). The browser's own
// dialog closes with Escape and gives the focus back.
behaviour("key-help", (link) => {
  const make = (tag, text = "", ...within) => {
    const element = document.createElement(tag);
    element.append(text, ...within);
    return element;
  };

  function bound() {
    const found = new Map(pageKeys);
    for (const target of document.querySelectorAll("[data-key]")) {
      const key = target.dataset.key;
      const says = target.closest(`[data-key-${key}]`)?.getAttribute(`data-key-${key}`) ?? target.textContent.trim();
      found.set(key.toUpperCase(), says);
    }
    return found;
  }

  function lines(pairs) {
    const list = make("dl");
    list.className = "facts";
    for (const [keys, says] of pairs) {
      const term = make("dt");
      for (const key of keys.split(" ")) term.append(make("kbd", key), " ");
      list.append(term, make("dd", says));
    }
    return list;
  }

  const dialog = make("dialog");
  dialog.className = "dialog key-help";
  dialog.ariaLabel = "Keys";
  dialog.setAttribute("closedby", "any");
  document.body.append(dialog);

  function show() {
    const here = bound();
    const close = make("button", "Close");
    close.className = "button quiet";
    close.addEventListener("click", () => dialog.close());
    const all = make("a", "The keys of every page");
    all.href = link.href;
    const actions = make("div", close, all);
    actions.className = "actions";
    const of_page = here.size ? [make("h2", "On this page"), lines(here)] : [];
    dialog.replaceChildren(...of_page, make("h2", "Everywhere"), lines([["?", "These keys"], ["Esc", "Close what is open"]]), actions);
    dialog.showModal();
  }

  document.addEventListener("keydown", (event) => {
    if (event.key !== "?" || busyTyping(event) || !letterKeys()) return;
    event.preventDefault();
    show();
  });
});
