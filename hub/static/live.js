// Keeps a page of the portal up to date: told by the events what is new, it fetches the page
// again and puts in place the parts that have changed.

const scope = document.querySelector("[data-everyone]") ? "?everyone=true" : "";
const connection = document.getElementById("connection");
const LEAST = Number(connection?.dataset.least ?? 700); // milliseconds from one fetch to the next
const events = new EventSource(`/services/portal/api/v1/events${scope}`);
let last = connection?.dataset.least ? Date.now() : 0;
let timer = 0;
let fetching = false;
let again = false;
let known = false;

/** Whether somebody is about to use a part: what they write or press must not go away. */
function inUse(part) {
  const active = document.activeElement;
  return part.contains(active) && (active.matches("input:not([type=hidden]), select, textarea"));
}

function replace(fresh) {
  for (const part of document.querySelectorAll("[data-live]")) {
    const next = fresh.getElementById(part.id);
    if (!next) continue;
    const [shown, found] = [part, next].map((one) => [...one.children]);
    // Of a list of the same cards only those go that have changed: a reader may be in another.
    const same = shown.length > 0 && shown.length === found.length
      && shown.every((one, number) => one.dataset.name && one.dataset.name === found[number].dataset.name);
    if (same) shown.forEach((one, number) => exchange(one, found[number]));
    else exchange(part, next);
  }
}

/** A part as the server sent it, whatever a reader has unfolded since. */
function asSent(part) {
  const copy = part.cloneNode(true);
  for (const one of copy.querySelectorAll("details")) one.open = false;
  return copy.outerHTML;
}

/** Put the new version of a part in its place; who reads or is about to press something stays there. */
function exchange(part, next) {
  if (inUse(part) || asSent(next) === asSent(part)) return;
  const focused = part.contains(document.activeElement) ? place(document.activeElement) : "";
  const opened = [...part.querySelectorAll("details")].map((one) => one.open);
  const taken = document.importNode(next, true);
  taken.querySelectorAll("details").forEach((one, number) => {
    one.open = opened[number] ?? one.open;
  });
  part.replaceWith(taken);
  // The button may be gone with the state: then what is left of the same part.
  if (focused) (taken.querySelector(focused) ?? taken.querySelector(".actions :is(a, button)"))?.focus();
}

/** A selector by which the same button is found in the next version of the page. */
function place(element) {
  if (element.matches("summary, pre")) return element.localName;
  const form = element.closest("form");
  if (form) return `form[action="${CSS.escape(form.getAttribute("action"))}"] button`;
  const link = element.getAttribute("href");
  return link ? `a[href="${CSS.escape(link)}"]` : "";
}

async function refresh() {
  if (fetching) {
    again = true;
    return;
  }
  fetching = true;
  last = Date.now();
  try {
    const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
    if (answer.redirected && !answer.url.includes("/services/portal/")) {
      location.reload(); // the login is over
      return;
    }
    if (answer.ok) replace(new DOMParser().parseFromString(await answer.text(), "text/html"));
  } catch {
    // The events tell whether the connection is lost.
  }
  fetching = false;
  if (again) {
    again = false;
    soon();
  }
}

function soon() {
  clearTimeout(timer);
  timer = setTimeout(refresh, Math.max(0, last + LEAST - Date.now()));
}

for (const name of ["workspaces", "gpus", "queue", "notices"]) events.addEventListener(name, soon);
// What workspaces use changes all the time: only for those that the page shows.
events.addEventListener("use", (event) => {
  const shown = (one) => document.querySelector(`[data-use="${CSS.escape(`${one.owner}/${one.name}`)}"]`);
  if (JSON.parse(event.data).some(shown)) soon();
});
events.addEventListener("snapshot", () => {
  if (known) soon(); // a connection that was lost has come back
  known = true;
});
events.addEventListener("end", () => {
  events.close();
  location.reload();
});
events.addEventListener("error", () => {
  if (connection) connection.textContent = connection.dataset.lost;
});
addEventListener("pagehide", () => events.close());

// What is told as a distance in time goes on by itself.
setInterval(() => {
  if (document.visibilityState === "visible") soon();
}, 60_000);
