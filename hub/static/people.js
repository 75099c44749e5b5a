// The admins' page of accounts.

import { HubError, call, tell } from "./api.js";

const words = document.getElementById("accounts").dataset;
const box = document.getElementById("told");
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

document.getElementById("invite").addEventListener("submit", async (event) => {
  event.preventDefault();
  try {
    const made = await call("POST", "invitations", {
      uses: Number(document.getElementById("invite-uses").value),
      seconds: Number(document.getElementById("invite-days").value) * 86400,
      groups: document.getElementById("invite-groups").value.split(/[\s,]+/).filter(Boolean),
      note: document.getElementById("invite-note").value.trim(),
    });
    show(event.target.dataset.told, new URL(made.path, location.href).href);
  } catch (error) {
    fail(error);
  }
});

document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-action]");
  if (!button) return;
  const row = button.closest("li");
  const action = button.dataset.action;
  button.disabled = true;
  try {
    if (action === "end-invitation") {
      await call("DELETE", `invitations/${row.dataset.id}`);
      row.remove();
      return;
    }
    const name = row.dataset.name;
    const answer = await call("POST", `accounts/${encodeURIComponent(name)}/${action}`, {});
    if (action === "reset-link") show(words.link, new URL(answer.path, location.href).href);
    else if (action === "temporary-password") show(words.password, answer.password);
    else if (action === "approve" || action === "deny") row.remove();
    else if (action === "unlock") row.querySelector("[data-locked]")?.remove();
    if (action !== "reset-link" && action !== "temporary-password") tell(words.done, "good");
  } catch (error) {
    fail(error);
  } finally {
    button.disabled = false;
  }
});
