// A proposal for a field stands below the field, and is taken over by its button; without a script it stands beside the
// form, and the button posts the form to the same end.
behaviour("fill", (button) => {
  const place = button.form.elements[button.dataset.field].closest(".field");
  const line = button.closest("li");
  const proposal = document.createElement("p");
  proposal.dataset.proposal = "";
  proposal.append(button, " ", ...line.querySelectorAll("span"));
  place.append(proposal);
  line.remove();
  button.addEventListener("click", (event) => {
    event.preventDefault();
    const field = button.form.elements[button.dataset.field];
    field.value = button.dataset.value;
    field.dispatchEvent(new Event("input", { bubbles: true }));
    field.focus();
    proposal.remove();
  });
});
