// Numbers that have to come to a total say while they are typed what they come to.
behaviour("sum", (group) => {
  const said = document.createElement("output");
  said.className = "small";
  said.setAttribute("aria-live", "polite");
  const of = Number(group.dataset.of);

  function add() {
    const numbers = [...group.querySelectorAll("input")].map((input) => Number(input.value) || 0);
    const sum = numbers.reduce((one, other) => one + other, 0);
    const off = sum < of ? `: ${of - sum} are missing` : `: ${sum - of} too many`;
    said.textContent = `Together ${sum} of ${of}${sum === of ? "" : off}.`;
    said.classList.toggle("error", sum !== of);
  }

  group.addEventListener("input", add);
  group.after(said);
  add();
});
