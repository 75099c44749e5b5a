// Fetches a repository that the member has confirmed on the portal, then opens it.

const place = document.getElementById("opening");
const words = place.dataset;
const bar = document.getElementById("bar");
const step = document.getElementById("step");
const ways = document.getElementById("ways");
const box = document.getElementById("box");
const log = document.getElementById("log");
const folder = document.getElementById("folder");
const title = document.title;

function fail(message) {
  bar.hidden = true;
  ways.hidden = false;
  box.open = log.textContent !== "";
  box.hidden = !box.open;
  document.querySelector("h1").textContent = words.failed;
  document.title = title.replace(/^.* – /, `${words.failed} – `);
  step.className = "bad";
  step.setAttribute("role", "alert");
  step.textContent = message.failed || words.lost;
  if (message.url) {
    folder.href = message.url;
    folder.hidden = false;
  }
}

/** Take one line of the answer; true where it is the last word. */
function take(message) {
  const said = message.line ?? message.output;
  if (said && !log.textContent.trimEnd().endsWith(said)) log.textContent += `${said}\n`;
  if (message.failed !== undefined) {
    fail(message);
    return true;
  }
  if (!message.url) return false;
  step.textContent = words.ready;
  location.replace(message.url);
  return true;
}

async function read(answer) {
  const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  for (;;) {
    const { done, value } = await reader.read();
    const lines = (rest + (value ?? "")).split("\n");
    rest = done ? "" : lines.pop();
    for (const line of lines) {
      if (line && take(JSON.parse(line))) return;
    }
    if (done) throw new Error("cut off");
  }
}

async function fetchIt() {
  try {
    const answer = await fetch(words.action, {
      method: "POST",
      headers: { "X-XSRFToken": words.xsrf },
    });
    if (answer.ok) await read(answer);
    else fail({ failed: (await answer.json()).message });
  } catch {
    fail({});
  }
}

document.getElementById("again").addEventListener("click", () => location.reload());
void fetchIt();
