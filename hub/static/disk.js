// The member's part of the disk on the page of workspaces: measure it anew.

import { HubError, call, tell, user } from "./api.js";

const section = document.getElementById("disk");

section?.querySelector("[data-action=measure]").addEventListener("click", async (event) => {
  const button = event.currentTarget;
  button.disabled = true;
  button.textContent = section.dataset.measuring;
  try {
    await call("POST", `disk/${encodeURIComponent(user)}`, {});
    location.reload();
  } catch (error) {
    if (!(error instanceof HubError)) throw error;
    tell(error.message || section.dataset.failed);
    button.disabled = false;
  }
});
