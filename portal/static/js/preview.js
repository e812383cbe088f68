// Reads a form while it is typed: after a pause the form is posted to data-url, and the answer takes the place of what is
// in data-target. Nothing is saved by it; the server reads and answers.
behaviour("preview", (form) => {
  const target = document.querySelector(form.dataset.target);
  let waiting;
  let under_way;

  async function read() {
    under_way?.abort();
    under_way = new AbortController();
    const typed = new FormData(form);
    for (const [name, value] of [...typed]) if (value instanceof File) typed.delete(name);
    try {
      const answer = await fetch(form.dataset.url, { method: "POST", body: typed, signal: under_way.signal });
      if (!answer.ok || answer.redirected) return; // to sign in: the last reading stays
      target.innerHTML = await answer.text();
      for (const old of form.querySelectorAll("[data-proposal]")) old.remove();
      attachWithin(target);
    } catch (problem) {
      if (problem.name !== "AbortError" && !(problem instanceof TypeError)) throw problem; // offline: the last reading stays
    } finally {
      target.removeAttribute("aria-busy");
    }
  }

  if ("atOnce" in form.dataset) read();
  form.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(() => {
      target.setAttribute("aria-busy", "true");
      read();
    }, 450);
  });
});
