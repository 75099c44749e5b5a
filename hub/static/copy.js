// Copies what a field holds; plain http has no clipboard for scripts, and the selection is ready.

for (const button of document.querySelectorAll("[data-copy]")) {
  const field = document.getElementById(button.dataset.copy);
  button.hidden = false;
  button.addEventListener("click", async () => {
    field.select();
    await navigator.clipboard?.writeText(field.value);
    if (navigator.clipboard) button.textContent = button.dataset.done;
  });
}
