// Notices can be put away, and are read aloud: a status is only announced when its text changes after the page is there.
behaviour("notices", (box) => {
  for (const notice of box.querySelectorAll(".notice")) {
    const said = [...notice.childNodes];
    notice.replaceChildren();
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = "✕";
    button.setAttribute("aria-label", "Put this notice away");
    button.addEventListener("click", () => {
      notice.remove();
      document.getElementById("main")?.focus();
    });
    setTimeout(() => notice.append(...said, button), 50);
  }
});
