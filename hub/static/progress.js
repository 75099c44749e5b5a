// Follows the start of a workspace: the hub sends each step as an event.

import { call, hub, serverPath, wait } from "./api.js";
import { offerWayBack } from "./way_back.js";

const place = document.getElementById("progress");
const words = place.dataset;
const bar = document.getElementById("bar");
const step = document.getElementById("step");
const log = document.getElementById("log");
const cancel = document.getElementById("cancel");
const clock = new Intl.DateTimeFormat(document.documentElement.lang, {
  timeStyle: "medium",
  hourCycle: "h23",
});

/** JupyterHub's own steps are English; ours come in the reader's language already. */
const known = {
  "Server requested": words.requested,
  "Spawning server...": words.starting,
  "Spawn cancelled": words.cancelled,
  "Spawn failed": words.failed,
};

function say(text) {
  if (!text) return;
  step.textContent = text;
  const last = log.lastElementChild?.querySelector("span");
  if (last?.textContent === text) return;
  const line = document.createElement("li");
  const time = document.createElement("time");
  const what = document.createElement("span");
  time.textContent = clock.format(new Date());
  what.textContent = text;
  line.append(time, what);
  log.append(line);
}

function fail(message) {
  const reason = (known[message] ?? message).replace(/^Spawn failed: /, "");
  place.classList.add("failed");
  bar.hidden = true;
  const heading = document.getElementById("what");
  heading.textContent = heading.dataset.failed;
  step.setAttribute("role", "alert");
  step.classList.add("note", "bad", "reason");
  if (reason !== words.failed && reason !== words.cancelled) say(words.failed);
  say(reason);
  cancel.hidden = true;
  document.getElementById("again").hidden = false;
  document.getElementById("safe-again").hidden = false;
  if (message !== "Spawn cancelled") void offerWayBack();
}

/** A start for which no GPU is free stands in line now: that has a page of its own. */
async function failOrWait(message) {
  const path = [words.owner, words.server].filter(Boolean).map(encodeURIComponent).join("/");
  const line = await call("GET", `line/${path}`).catch(() => null);
  if (line?.entry) location.assign(`${hub}waiting/${path}`);
  else fail(message);
}

const events = new EventSource(words.events);
let over = false;

events.addEventListener("message", (message) => {
  const event = JSON.parse(message.data);
  if (event.progress !== undefined) bar.value = event.progress;
  if (event.ready) {
    over = true;
    events.close();
    say(words.ready);
    location.reload(); // the hub redirects to the workspace
  } else if (event.failed) {
    over = true;
    events.close();
    void failOrWait(event.message ?? "Spawn failed");
  } else {
    say(known[event.message] ?? event.message);
  }
});

events.addEventListener("error", async () => {
  if (over) return;
  say(words.lost);
  // The hub may be restarting; the page itself knows what became of the start.
  if (events.readyState === EventSource.CLOSED) {
    over = true;
    await wait(2);
    location.reload();
  }
});

cancel.addEventListener("click", async () => {
  cancel.disabled = true;
  over = true;
  events.close();
  say(words.cancelling);
  try {
    await call("DELETE", serverPath(words.owner, words.server));
    location.assign(document.getElementById("home").href);
  } catch (error) {
    fail(error.message || words.failed);
  }
});
