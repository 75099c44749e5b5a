// The proxy fetches the page of a workspace that does not answer itself, without saying for
// whom. Ask the hub again, as the reader, for the same page in the reader's language.
import { hub } from "./api.js";

const main = document.getElementById("main");
if (!location.pathname.startsWith(hub)) {
  const status = main.querySelector("[data-status]").dataset.status;
  const response = await fetch(`${hub}error/${status}`).catch(() => null);
  if (response?.ok) {
    const fresh = new DOMParser().parseFromString(await response.text(), "text/html");
    document.title = fresh.title;
    document.documentElement.lang = fresh.documentElement.lang;
    document.body.replaceChildren(...fresh.body.childNodes);
  }
}
