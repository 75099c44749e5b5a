// Ticks all rows of a list at once, says how many are ticked, and lets buttons wait for the first.

for (const all of document.querySelectorAll("[data-ticks-all]")) {
  const form = all.form;
  const count = form.querySelector("[data-ticked]");
  const boxes = () => [...form.querySelectorAll("input[type=checkbox][name]")];
  const show = () => {
    const ticked = boxes().filter((one) => one.checked).length;
    all.checked = ticked > 0 && ticked === boxes().length;
    all.indeterminate = ticked > 0 && !all.checked;
    for (const button of form.querySelectorAll("button[name=do]")) button.disabled = ticked === 0;
    if (count) count.textContent = ticked ? count.dataset.ticked.replace("{}", ticked) : "";
  };
  all.closest("[hidden]")?.removeAttribute("hidden");
  all.addEventListener("change", () => {
    for (const one of boxes()) one.checked = all.checked;
    show();
  });
  form.addEventListener("change", (event) => {
    if (event.target !== all) show();
  });
  addEventListener("pageshow", show); // a browser that goes back keeps the ticks
  show();
}
