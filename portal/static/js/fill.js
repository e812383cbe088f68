// A proposal beside a form is taken over into its field; without a script the button posts the form to the same end.
behaviour("fill", (button) => {
  button.addEventListener("click", (event) => {
    event.preventDefault();
    const field = button.form.elements[button.dataset.field];
    field.value = button.dataset.value;
    field.dispatchEvent(new Event("input", { bubbles: true }));
    field.focus();
  });
});
