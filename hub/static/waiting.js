// Follows a place in the line for GPUs until it is this workspace's turn.

import { call, hub, tell, wait } from "./api.js";

const panel = document.getElementById("waiting");
const words = panel.dataset;
const place = document.getElementById("place");
const estimate = document.getElementById("estimate");
const leave = document.getElementById("leave");
const moment = new Intl.DateTimeFormat(document.documentElement.lang, {
  dateStyle: "medium",
  timeStyle: "short",
  hourCycle: "h23",
});
const path = `${encodeURIComponent(words.owner)}${words.server ? `/${encodeURIComponent(words.server)}` : ""}`;

const at = (seconds) => moment.format(new Date(seconds * 1000));
/** A GPU's UUID as greetings and lists shorten it: its first eight digits. */
const brief = (gpu) => gpu.split("-").slice(0, 2).join("-");
const fill = (text, facts) => text.replace(/\{(\w+)\}/g, (_, name) => facts[name]);

function show(entry) {
  if (entry.state === "granted") {
    place.textContent = words.turn;
    estimate.textContent = "";
    return;
  }
  if (entry.barred) place.textContent = words.barred;
  else if (entry.place === 1) place.textContent = words.next;
  else place.textContent = words.place.replace("0", entry.place);
  estimate.textContent =
    entry.starts === null ? (entry.barred ? "" : words.unknown) : fill(words.estimate, { when: at(entry.starts) });
}

function showHolders(holders) {
  const rows = holders.map((holder) => {
    const line = document.createElement("li");
    const since = holder.since === null ? "–" : at(holder.since);
    const until = holder.until === null ? "" : at(holder.until);
    const text = until ? words.until : words.holds;
    line.textContent = fill(text, { gpu: brief(holder.gpu), who: holder.holder, since, until });
    return line;
  });
  document.getElementById("holders").replaceChildren(...rows);
  document.getElementById("held").hidden = rows.length === 0;
}

/** The line no longer knows us: it was our turn, or somebody took us out. */
async function end() {
  const model = await call("GET", `users/${encodeURIComponent(words.owner)}`);
  const server = model.servers?.[words.server];
  if (server && (server.ready || server.pending)) {
    location.assign(`${hub}spawn-pending/${path}`);
    return;
  }
  place.textContent = words.gone;
  estimate.textContent = "";
  leave.hidden = true;
}

leave.addEventListener("click", async () => {
  leave.disabled = true;
  try {
    await call("DELETE", `line/${path}`);
    location.assign(document.getElementById("home").href);
  } catch (error) {
    tell(error.message || words.failed);
    leave.disabled = false;
  }
});

for (;;) {
  try {
    const line = await call("GET", `line/${path}`);
    showHolders(line.holders);
    if (!line.entry) {
      await end();
      break;
    }
    show(line.entry);
  } catch (error) {
    if (error.status === undefined) throw error;
    if (error.status === 403) location.reload();
    estimate.textContent = words.lost;
  }
  await wait(document.visibilityState === "visible" ? 2 : 10);
}
