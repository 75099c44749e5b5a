import { showBusy } from "./api.js";

const password = document.getElementById("password_input");
const toggle = document.getElementById("toggle-password");

toggle.addEventListener("click", () => {
  const hidden = password.type === "password";
  password.type = hidden ? "text" : "password";
  toggle.setAttribute("aria-pressed", String(hidden));
  password.focus();
});

// Loopback counts as secure; plain http over a network does not.
document.getElementById("insecure").hidden = window.isSecureContext;
showBusy(document.querySelector("form"));
