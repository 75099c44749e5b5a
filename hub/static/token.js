import { takeAnew } from "./anew.js";
import { call, tell, user } from "./api.js";

const form = document.getElementById("request-token");
const area = document.getElementById("token-area");
const result = document.getElementById("token-result");
const copy = document.getElementById("copy");
const some = document.getElementById("some");
const path = `users/${encodeURIComponent(user)}/tokens`;

function explain(error) {
  return error.message ? `${form.dataset.failed} (${error.message})` : form.dataset.failed;
}

function choose() {
  some.disabled = form.elements.extent.value === "all";
}
form.addEventListener("change", choose);
addEventListener("pageshow", choose);

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  const body = {
    note: document.getElementById("token-note").value.trim() || form.dataset.note,
    expires_in: Number(document.getElementById("token-expires").value) || null,
  };
  if (!some.disabled) {
    const ticked = [...some.querySelectorAll("[name=scopes]:checked")].map((box) => box.value);
    const written = document.getElementById("token-scopes").value;
    body.scopes = [...ticked, written].join(" ").split(/[\s,]+/).filter(Boolean);
    if (!body.scopes.length) {
      tell(form.dataset.nothing);
      return;
    }
  }
  try {
    const token = await call("POST", path, body);
    result.textContent = token.token;
    area.hidden = false;
    copy.focus();
    await takeAnew("tokens");
  } catch (error) {
    tell(explain(error));
  }
});

copy.addEventListener("click", async () => {
  const range = document.createRange();
  range.selectNodeContents(result);
  getSelection().removeAllRanges();
  getSelection().addRange(range);
  // Plain http has no clipboard for scripts; the selection is ready for Ctrl+C.
  await navigator.clipboard?.writeText(result.textContent);
  if (navigator.clipboard) copy.textContent = copy.dataset.copied;
});

document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-action=revoke]");
  if (!button) return;
  const row = button.closest("tr");
  button.disabled = true;
  try {
    await call("DELETE", `${path}/${encodeURIComponent(row.dataset.tokenId)}`);
    document.getElementById("main").focus(); // the button that had it goes
    row.remove();
    await takeAnew("tokens");
  } catch (error) {
    button.disabled = false;
    tell(explain(error));
  }
});
