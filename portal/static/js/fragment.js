// A part of a page that is read after it: what stands there until then is a link to the same.
behaviour("fragment", async (place) => {
  try {
    const answer = await fetch(place.dataset.url, { headers: { Accept: "*/*" } });
    if (answer.ok && !answer.redirected) place.innerHTML = await answer.text();
  } catch (problem) {
    if (!(problem instanceof TypeError)) throw problem; // offline, or gone elsewhere: the link stays
  }
});
