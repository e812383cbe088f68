// Asks the browser for a passkey and sends its answer along with the form. Stays away where the browser has none, or
// where the address is a number: passkeys belong to names.
behaviour("passkey", (element) => {
  const button = element.querySelector("button[type=button]");
  const said = element.querySelector(".error");
  if (!window.PublicKeyCredential?.parseRequestOptionsFromJSON || /^[\d.]+$|^\[/.test(location.hostname)) return;
  element.hidden = button.hidden = false;

  function say(text) {
    said.textContent = text;
    said.hidden = !text;
  }

  async function ask() {
    const response = await fetch(element.dataset.options, { headers: { Accept: "application/json" } });
    if (!response.ok) throw new Error("no options");
    const options = await response.json();
    return "user" in options
      ? navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(options) })
      : navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(options) });
  }

  button.addEventListener("click", async () => {
    say("");
    button.disabled = true;
    try {
      const form = element.closest("form");
      form.elements[element.dataset.into].value = JSON.stringify(await ask());
      form.requestSubmit();
    } catch (failure) {
      const known = failure.name === "InvalidStateError" ? "This device has a passkey for you already." : "";
      say(known || "That did not work, or was stopped. Try again, or take another way.");
    } finally {
      button.disabled = false;
    }
  });
});
