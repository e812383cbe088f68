// A reference becomes a button that copies it. Clipboards are only there on secure pages; elsewhere it stays text.
behaviour("copy", (text) => {
  if (!navigator.clipboard) return;
  const button = document.createElement("button");
  button.type = "button";
  button.className = text.className;
  button.textContent = text.textContent;
  button.title = "Copy";
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(button.textContent);
    button.dataset.copied = "";
    setTimeout(() => delete button.dataset.copied, 2000);
  });
  text.replaceWith(button);
});
