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

/** Choose an image by its name; tell which choice it is, if it is one. */
function choose(wanted) {
  const named = (tag) => tag.replace(/:latest$/, "");
  const choices = [...form.querySelectorAll("input[name=image]")];
  const found = wanted && choices.find((one) => named(one.value) === named(wanted));
  if (!found) return undefined;
  found.checked = true;
  found.dispatchEvent(new Event("change", { bubbles: true }));
  return found;
}

/** A link to this page names an image after “#image=”: choose it for its reader. */
function chooseImage() {
  const wanted = new URLSearchParams(location.hash.slice(1)).get("image");
  choose(wanted)?.closest("label").scrollIntoView({ block: "center" });
}

/** Write one field; a size that the list does not have becomes one of its choices. */
function fill(name, value) {
  const field = form.elements.namedItem(name);
  if (!field) return;
  if (field.tagName === "SELECT" && ![...field.options].some((one) => one.value === value)) {
    const words = value.replace(/m$/, " MiB").replace(/g$/, " GiB");
    field.add(new Option(words, value));
  }
  field.value = value;
  if (value) field.closest("details")?.setAttribute("open", "");
}

/** Fill the form in from a profile. */
function applyProfile() {
  const gone = document.getElementById("profile-gone");
  gone.hidden = true;
  const told = profile.selectedOptions[0].dataset.options;
  if (!told) return;
  const options = JSON.parse(told);
  for (const name of ["cpus", "memory", "gpus", "shm_size", "pids", "ports"]) {
    fill(name, options[name] ?? "");
  }
  gone.hidden = !options.image || choose(options.image) !== undefined;
}

/** A link to this page names a profile after “#profile=”. */
function chooseProfile() {
  const wanted = new URLSearchParams(location.hash.slice(1)).get("profile");
  if (!wanted || ![...profile.options].some((one) => one.value === wanted)) return;
  profile.value = wanted;
  applyProfile();
}

const profile = document.getElementById("profile");
if (profile) {
  profile.addEventListener("change", applyProfile);
  addEventListener("pageshow", chooseProfile);
  addEventListener("hashchange", chooseProfile);
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
