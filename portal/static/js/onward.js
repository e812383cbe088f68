// A form with nothing left to decide sends itself.
behaviour("onward", (form) => form.requestSubmit());
