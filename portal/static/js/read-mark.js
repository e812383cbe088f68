// What is new in a conversation counts as read once it was in sight for a moment; without scripts a button says so.
behaviour("read-mark", (form) => {
  let timer = 0;
  const watch = new IntersectionObserver(([seen]) => {
    clearTimeout(timer);
    if (seen.isIntersecting) timer = setTimeout(send, 2000);
  });
  async function send() {
    watch.disconnect();
    const answer = await fetch(form.action, { method: "POST", body: new FormData(form), redirect: "manual" });
    if (answer.type === "opaqueredirect") form.remove();
  }
  watch.observe(form);
});
