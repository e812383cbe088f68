// A form that came back: the list of errors is read first, and each of its links lands in the control itself.
behaviour("errors", (summary) => {
  summary.focus();
  summary.addEventListener("click", (event) => {
    const link = event.target.closest("a[href^='#']");
    if (!link) return;
    const target = document.getElementById(link.hash.slice(1));
    const control = target?.matches("fieldset") ? target.querySelector("input") : target;
    if (!control) return;
    event.preventDefault();
    control.focus();
    (control.closest(".field, .choices, .check") ?? control).scrollIntoView({ block: "center" });
  });
});
