import { HubError, call, hub, serverPath, tell, user, wait } from "./api.js";

const grid = document.getElementById("workspaces");
const words = grid.dataset;
const dialog = document.getElementById("confirm-delete");
let busy = 0;

function explain(error) {
  if (!(error instanceof HubError)) throw error;
  if (error.status === 0) return words.unreachable;
  if (error.status === 403) return words.expired;
  return error.message ? `${words.failed} (${error.message})` : words.failed;
}

/** Take the cards anew from the hub, so that the page shows what is. */
async function refresh() {
  const response = await fetch(`${hub}home`).catch(() => null);
  if (!response?.ok || response.redirected) return;
  const fresh = new DOMParser().parseFromString(await response.text(), "text/html");
  const cards = fresh.getElementById("workspaces");
  if (!cards || busy) return;
  tellNews(cards);
  refreshNotices(fresh);
  const focused = document.activeElement?.closest?.("[data-server]")?.dataset.server;
  if (cards.innerHTML === grid.innerHTML) return;
  grid.replaceChildren(...cards.childNodes);
  if (focused !== undefined) {
    grid.querySelector(`[data-server="${CSS.escape(focused)}"] .actions > *`)?.focus();
  }
}

/** Show the notices as they are now, unless a reader is about to press one of their buttons. */
function refreshNotices(fresh) {
  const [shown, found] = [document, fresh].map((page) => page.getElementById("notices"));
  if (shown.innerHTML === found.innerHTML || shown.contains(document.activeElement)) return;
  shown.replaceChildren(...found.childNodes);
}

/** Let screen readers hear which workspace changed, and to what. */
function tellNews(cards) {
  const changed = [...cards.querySelectorAll(".workspace")].filter((card) => {
    const before = grid.querySelector(`[data-server="${CSS.escape(card.dataset.server)}"]`);
    return before && before.dataset.state !== card.dataset.state;
  });
  document.getElementById("news").textContent = changed
    .map((card) => `${card.dataset.title}: ${card.querySelector(".state").textContent}`)
    .join(". ");
}

/** Do something with one card; its buttons wait meanwhile. */
async function act(card, label, work) {
  busy += 1;
  card.querySelectorAll("button, a.button").forEach((button) => {
    button.disabled = true;
    button.setAttribute("aria-disabled", "true");
  });
  if (label) card.querySelector(".state").textContent = label;
  try {
    await work();
  } catch (error) {
    tell(explain(error));
  }
  busy -= 1;
  await refresh();
}

const path = (server) => encodeURIComponent(user) + (server ? `/${encodeURIComponent(server)}` : "");
const workspace = (server) => `${encodeURIComponent(user)}/${encodeURIComponent(server || "default")}`;

async function extend(server) {
  const answer = await call("POST", `leases/${workspace(server)}/extend`, {});
  tell(answer.message, "good");
}

const answers = {
  extend: (note) => extend(note.dataset.server),
  keep: (note) => call("POST", `idle/${workspace(note.dataset.server)}/keep`, {}),
  dismiss: (note) => call("DELETE", `notices/${encodeURIComponent(user)}/${note.dataset.notice}`),
};

document.getElementById("notices").addEventListener("click", async (event) => {
  const button = event.target.closest("[data-notice-action]");
  const note = button?.closest("[data-notice]");
  if (!note) return;
  button.disabled = true;
  try {
    await answers[button.dataset.noticeAction](note);
    note.remove();
    await refresh();
  } catch (error) {
    tell(explain(error));
    button.disabled = false;
  }
});

async function untilStopped(server) {
  for (;;) {
    const model = await call("GET", `users/${encodeURIComponent(user)}`);
    const found = model.servers?.[server];
    if (!found || (!found.ready && !found.pending)) return;
    await wait(0.5);
  }
}

const actions = {
  stop(card) {
    const path = serverPath(user, card.dataset.server);
    return act(card, words.stopping, () => call("DELETE", path));
  },
  restart(card) {
    const server = card.dataset.server;
    const again = card.querySelector("form");
    return act(card, words.restarting, async () => {
      await call("DELETE", serverPath(user, server));
      await untilStopped(server);
      again.submit();
      await wait(30); // the browser is leaving this page
    });
  },
  extend(card) {
    return act(card, "", () => extend(card.dataset.server));
  },
  leave(card) {
    return act(card, "", () => call("DELETE", `line/${path(card.dataset.server)}`));
  },
  async delete(card) {
    dialog.querySelector("[data-name]").textContent = card.dataset.title;
    dialog.returnValue = "";
    dialog.showModal();
    await new Promise((resolve) => dialog.addEventListener("close", resolve, { once: true }));
    if (dialog.returnValue !== "delete") return;
    const path = serverPath(user, card.dataset.server);
    await act(card, "", () => call("DELETE", path, { remove: true }));
  },
};

grid.addEventListener("click", (event) => {
  const button = event.target.closest("[data-action]");
  const action = actions[button?.dataset.action];
  if (action && !button.disabled) action(button.closest(".workspace"));
});

/** A short name for addresses and containers from any name; what is lost in it becomes digits. */
function shortName(name) {
  const plain = name.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
  const kept = plain.replace(/[^a-z0-9]+/g, "-").replace(/^-+|-+$/g, "");
  const exact = kept.replaceAll("-", "") === plain.replace(/[\s_.-]/g, "");
  if (exact && /^[a-z]/.test(kept) && kept.length <= 24) return kept;
  const digits = crypto.getRandomValues(new Uint32Array(1))[0].toString(36).padStart(7, "0");
  const start = kept.replace(/^[0-9-]+/, "").slice(0, 14).replace(/-+$/, "");
  return `${start || "w"}-${digits.slice(0, 6)}`;
}

document.getElementById("add")?.addEventListener("submit", async (event) => {
  event.preventDefault();
  const form = event.currentTarget;
  const name = form.elements.name.value.normalize("NFC").replace(/\s+/g, " ").trim();
  if (!name) return;
  const server = shortName(name);
  if (server === "default") {
    tell(form.dataset.default);
    return;
  }
  const button = form.querySelector("button");
  button.disabled = true;
  try {
    await call("PUT", serverPath(user, server), { display_name: name });
    location.assign(`${hub}spawn/${encodeURIComponent(user)}/${server}`);
  } catch (error) {
    tell(error.status === 409 ? form.dataset.taken : explain(error));
    form.elements.name.focus();
  }
  button.disabled = false;
});

// Something under way is followed closely; otherwise now and then, and only while in view.
for (;;) {
  const moving = grid.querySelector("[data-state=starting], [data-state=stopping], [data-state=waiting]");
  await wait(moving ? 1.5 : 15);
  if (!busy && !dialog.open && document.visibilityState === "visible") await refresh();
}
