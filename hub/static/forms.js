// Forms that are sent as they are: a busy button, and what a link carries behind its #.

import { showBusy } from "./api.js";

const field = document.querySelector("[data-from-address]");
if (field && location.hash.length > 1) {
  field.value = decodeURIComponent(location.hash.slice(1));
  // So that neither the history nor a glance at the screen keeps it.
  history.replaceState(null, "", location.pathname + location.search);
}

for (const form of document.querySelectorAll("form[data-busy]")) showBusy(form);
