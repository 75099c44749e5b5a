import { call, showBusy } from "./api.js";

/** Where a start has failed, show the form that goes back to what worked, where there is such. */
export async function offerWayBack() {
  const form = document.getElementById("way-back");
  if (!form) return;
  const { owner, server } = form.dataset;
  const path = [owner, server].filter(Boolean).map(encodeURIComponent).join("/");
  const answer = await call("GET", `way-back/${path}`).catch(() => null);
  const found = answer?.way_back;
  if (!found) return;
  form.querySelectorAll("[data-field]").forEach((field) => field.remove());
  for (const [name, value] of Object.entries(found.fields)) {
    const field = document.createElement("input");
    Object.assign(field, { type: "hidden", name, value });
    field.dataset.field = "";
    form.append(field);
  }
  form.querySelector("[data-title]").textContent = found.title;
  form.querySelector(found.save_first ? "[data-saved]" : "[data-replaced]").hidden = false;
  form.hidden = false;
  showBusy(form);
}
