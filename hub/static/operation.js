// Follows an operation of the portal's: each step as it comes, and the result when it is there.

const place = document.getElementById("operation");
const step = document.getElementById("step");
const bar = document.getElementById("bar");
const SECONDS = 1;

async function look() {
  const answer = await fetch(place.dataset.operation, { headers: { Accept: "application/json" } });
  if (!answer.ok) throw new Error(answer.statusText);
  return answer.json();
}

for (;;) {
  await new Promise((resolve) => setTimeout(resolve, SECONDS * 1000));
  try {
    const one = await look();
    if (one.state === "done" || one.state === "failed") {
      location.reload();
      break;
    }
    if (one.step && step.textContent !== one.step) step.textContent = one.step;
    if (one.total) {
      bar.max = one.total;
      bar.value = one.current;
    } else bar.removeAttribute("value");
  } catch {
    step.textContent = place.dataset.gone;
  }
}
