// Takes parts of the page anew from the server, after a script has changed what they list.

/** Replace the elements of these ids, as far as the page has them, by how they are now. */
export async function takeAnew(...ids) {
  const answer = await fetch(location.href, { headers: { Accept: "text/html" } }).catch(() => null);
  if (!answer?.ok || answer.redirected) return;
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
  for (const id of ids) {
    const next = fresh.getElementById(id);
    if (next) document.getElementById(id)?.replaceWith(document.importNode(next, true));
  }
}
