// The admins' pages of accounts: what is shown once, and buttons that need no form.

import { takeAnew } from "./anew.js";
import { HubError, call, serverPath, tell } from "./api.js";

const box = document.getElementById("told-once");
const words = box.dataset;
const copy = document.getElementById("copy");

/** Show something that is shown once. */
function show(what, secret) {
  document.getElementById("told-what").textContent = what;
  document.getElementById("told-secret").textContent = secret;
  copy.textContent = copy.dataset.label ??= copy.textContent;
  box.hidden = false;
  box.scrollIntoView({ block: "nearest" });
  copy.focus();
}

function fail(error) {
  if (!(error instanceof HubError)) throw error;
  tell(error.message || words.failed);
}

copy.addEventListener("click", async () => {
  const range = document.createRange();
  range.selectNodeContents(document.getElementById("told-secret"));
  getSelection().removeAllRanges();
  getSelection().addRange(range);
  // Plain http has no clipboard for scripts; the selection is ready for Ctrl+C.
  await navigator.clipboard?.writeText(range.toString());
  if (navigator.clipboard) copy.textContent = copy.dataset.copied;
});

const listed = (id) => document.getElementById(id).value.split(/[\s,]+/).filter(Boolean);

/** Send a form by a function; its button waits meanwhile. */
function sends(id, work) {
  const form = document.getElementById(id);
  form?.addEventListener("submit", async (event) => {
    event.preventDefault();
    const button = form.querySelector("[type=submit]");
    button.disabled = true;
    try {
      await work(form);
    } catch (error) {
      fail(error);
    } finally {
      button.disabled = false;
    }
  });
}

sends("invite", async (form) => {
  const made = await call("POST", "invitations", {
    uses: Number(document.getElementById("invite-uses").value),
    seconds: Number(document.getElementById("invite-days").value) * 86400,
    groups: listed("invite-groups"),
    note: document.getElementById("invite-note").value.trim(),
  });
  show(form.dataset.told, new URL(made.path, location.href).href);
  await takeAnew("open-invitations");
});

sends("add-people", async (form) => {
  const lines = [];
  try {
    for (const name of listed("add-names")) {
      const made = await call("POST", "accounts", { name, temporary: true });
      lines.push(`${made.name} ${made.password}`);
    }
    form.reset();
  } finally {
    // What was made before a name was refused is told all the same.
    if (lines.length) {
      show(form.dataset.told, lines.join("\n"));
      await takeAnew("known");
    }
  }
});

/** What each button does: with the row that it stands in, and the account's path. */
const actions = {
  "end-invitation": (row) => call("DELETE", `invitations/${row.dataset.id}`),
  "end-session": (row, path) => call("DELETE", `${path}/sessions`, { id: row.dataset.id }),
  start: (row) => call("POST", serverPath(row.dataset.owner, row.dataset.server)),
  stop: (row) => call("DELETE", serverPath(row.dataset.owner, row.dataset.server)),
};
const GONE_WITH_IT = ["end-invitation", "end-session", "approve", "deny"];
const SEEN_ANEW = ["start", "stop", "unlock", "reset-second-factor", "end-sessions"];

document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-action]");
  if (!button) return;
  const row = button.closest("[data-name], [data-id], [data-server]");
  const action = button.dataset.action;
  const path = `accounts/${encodeURIComponent(row.dataset.name)}`;
  button.disabled = true;
  try {
    const act = actions[action] ?? ((_, account) => call("POST", `${account}/${action}`, {}));
    const answer = await act(row, path);
    if (action === "reset-link") show(words.link, new URL(answer.path, location.href).href);
    else if (action === "temporary-password") show(words.password, answer.password);
    else if (row.dataset.leadsTo) location.assign(row.dataset.leadsTo);
    else if (GONE_WITH_IT.includes(action)) row.remove();
    else if (SEEN_ANEW.includes(action)) location.reload();
    if (GONE_WITH_IT.includes(action)) {
      tell(words.done, "good");
      await takeAnew("waiting", "known", "open-invitations");
    }
  } catch (error) {
    fail(error);
  } finally {
    button.disabled = false;
  }
});
