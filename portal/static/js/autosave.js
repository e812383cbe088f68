// Keeps what is typed: after a pause the form is posted to data-save-url, and the answer is said in [data-saved]. Files
// are left out, and nothing is sent by it.
behaviour("autosave", (form) => {
  const says = form.querySelector("[data-saved]");
  let waiting;
  let under_way;

  async function save() {
    under_way?.abort();
    under_way = new AbortController();
    const typed = new FormData(form);
    for (const [name, value] of [...typed]) if (value instanceof File) typed.delete(name);
    const asked = { method: "POST", body: typed, headers: { Accept: "application/json" }, signal: under_way.signal };
    try {
      const answer = await fetch(form.dataset.saveUrl, asked);
      if (!answer.headers.get("Content-Type")?.startsWith("application/json")) throw new TypeError("no answer of ours");
      const saved = await answer.json();
      says.textContent = saved.says;
      if (saved.way) offer(saved);
      if (answer.ok && form.elements.draft.value !== saved.ref) {
        form.elements.draft.value = saved.ref;
        history.replaceState(null, "", `/referrals/new?draft=${saved.ref}`); // a page that is loaded again goes on with it
      }
    } catch (problem) {
      if (problem.name === "AbortError") return;
      if (!(problem instanceof TypeError)) throw problem;
      says.textContent = "Not saved: no connection. It is tried again when you go on.";
    }
  }

  // The session is over: what is kept of this form now gives way to what is sent from it later.
  function offer({ way, link, kept }) {
    const there = Object.assign(document.createElement("a"), { href: way, textContent: link });
    says.append(" ", there);
    const named = form.elements.unsent ?? Object.assign(document.createElement("input"), { type: "hidden", name: "unsent" });
    named.value = kept;
    form.append(named);
  }

  form.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(save, 1200);
  });
  form.addEventListener("submit", () => {
    clearTimeout(waiting);
    under_way?.abort();
  });
});
