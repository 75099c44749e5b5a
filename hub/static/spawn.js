import { showBusy } from "./api.js";
import { offerWayBack } from "./way_back.js";

const form = document.getElementById("spawn_form");
const warning = document.getElementById("replace");

/** Another image than the workspace has: say what goes, and ask for a yes. */
function weigh() {
  const chosen = form.querySelector("input[name=image]:checked");
  const replaces = chosen !== null && chosen.value !== warning.dataset.current;
  const tick = warning.querySelector("input[name=replace_image]");
  warning.hidden = !replaces;
  tick.required = replaces;
  if (!replaces) tick.checked = false;
}

/** A link to this page names an image after “#image=”: choose it for its reader. */
function chooseImage() {
  const wanted = new URLSearchParams(location.hash.slice(1)).get("image");
  const named = (tag) => tag.replace(/:latest$/, "");
  const choices = [...form.querySelectorAll("input[name=image]")];
  const found = wanted && choices.find((one) => named(one.value) === named(wanted));
  if (!found) return;
  found.checked = true;
  found.dispatchEvent(new Event("change", { bubbles: true }));
  found.closest("label").scrollIntoView({ block: "center" });
}

if (warning) {
  form.addEventListener("change", weigh);
  addEventListener("pageshow", weigh);
  weigh();
}
/** A page that tells of a failed start links here with “#safe”: tick the box for its reader. */
function offerSafeMode() {
  if (location.hash !== "#safe") return;
  const tick = form.querySelector("input[name=safe_mode]");
  tick.closest("details").open = true;
  tick.checked = true;
  tick.closest("label").scrollIntoView({ block: "center" });
}

offerSafeMode();
addEventListener("hashchange", offerSafeMode);
addEventListener("pageshow", chooseImage);
addEventListener("hashchange", chooseImage);
showBusy(form);
void offerWayBack();
