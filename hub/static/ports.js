// The ports on the page of workspaces: open one's own, share them, open others'.

import { HubError, call, tell, user, wait } from "./api.js";

const section = document.getElementById("ports");
const words = section.dataset;
const list = section.querySelector("[data-list]");
const form = section.querySelector("form");
const owner = encodeURIComponent(user);
let last = "";

const moment = new Intl.DateTimeFormat(document.documentElement.lang, {
  dateStyle: "medium",
  timeStyle: "short",
  hourCycle: "h23",
});

function clock(seconds) {
  return moment.format(new Date(seconds * 1000));
}

function fill(text, facts) {
  return text.replace(/\{(\w+)\}/g, (hole, name) => facts[name] ?? hole);
}

function row(text, url, after) {
  const item = document.createElement("li");
  const link = document.createElement(url ? "a" : "span");
  link.textContent = text;
  if (url) Object.assign(link, { href: url, target: "_blank", rel: "noopener" });
  item.append(link);
  if (after) item.append(` · ${after}`);
  return item;
}

async function attempt(work) {
  try {
    await work();
    document.getElementById("messages").replaceChildren();
  } catch (error) {
    if (!(error instanceof HubError)) throw error;
    tell(error.message || words.failed);
  }
  await refresh();
}

function given(share) {
  const facts = { member: share.with, time: clock(share.ends) };
  const item = row(`${share.workspace}:${share.port}`, "", fill(words.with, facts));
  const button = document.createElement("button");
  Object.assign(button, { type: "button", className: "small", textContent: words.withdraw });
  button.addEventListener("click", () =>
    attempt(() => call("DELETE", `port-shares/${owner}/${share.id}`)),
  );
  item.append(" ", button);
  return item;
}

function received(share) {
  const facts = { owner: share.owner, time: clock(share.ends) };
  return row(`${share.owner}/${share.workspace}:${share.port}`, share.url, fill(words.from, facts));
}

function show(mine, others) {
  const ports = mine.workspaces.flatMap(({ workspace, ports: found }) =>
    found.map((port) => ({ workspace, ...port })),
  );
  list.replaceChildren(
    ...ports.map(({ workspace, port, url }) => row(`${workspace}:${port}`, url, "")),
    ...mine.shares.map(given),
    ...others.map(received),
  );
  form.elements.place.replaceChildren(
    ...ports.map(({ workspace, port }) => new Option(`${workspace}:${port}`)),
  );
  form.hidden = ports.length === 0;
  section.hidden = list.childElementCount === 0;
}

async function refresh() {
  const found = await Promise.all([call("GET", `ports/${owner}`), call("GET", "ports")]).catch(
    (error) => {
      if (!(error instanceof HubError)) throw error;
      return null; // the page itself tells where the hub does not answer
    },
  );
  const now = JSON.stringify(found);
  if (found === null || now === last || form.contains(document.activeElement)) return;
  last = now;
  show(...found);
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  const [workspace, port] = form.elements.place.value.split(":");
  const seconds = Number(form.elements.seconds.value);
  const body = { workspace, port: Number(port), with: form.elements.with.value.trim(), seconds };
  document.activeElement?.blur();
  attempt(() => call("POST", `port-shares/${owner}`, body));
});

for (;;) {
  if (document.visibilityState === "visible") await refresh();
  await wait(15);
}
