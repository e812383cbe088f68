// A behaviour is a function of one element, named in the element's data-behaviour. Every flow works without any of them.
const behaviours = new Map();

function behaviour(name, attach) {
  behaviours.set(name, attach);
}

function attachWithin(root) {
  for (const element of root.querySelectorAll("[data-behaviour]")) {
    for (const name of element.dataset.behaviour.split(" ")) behaviours.get(name)?.(element);
  }
}

document.addEventListener("DOMContentLoaded", () => attachWithin(document));
