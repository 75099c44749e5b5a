// What every page's script needs: who is logged in, and the hub's API.

const page = document.documentElement.dataset;

export const hub = page.hub;
export const user = page.user;

/** An answer of the hub that is not a success; `status` 0 means that none came. */
export class HubError extends Error {
  constructor(status, message) {
    super(message);
    this.status = status;
  }
}

/** Call the hub's API; the body of a success, parsed where it is JSON. */
export async function call(method, path, body) {
  const url = new URL(`${hub}api/${path}`, location.href);
  url.searchParams.set("_xsrf", page.xsrf);
  const options = { method, headers: { Accept: "application/json" } };
  if (body !== undefined) {
    options.headers["Content-Type"] = "application/json";
    options.body = JSON.stringify(body);
  }
  let response;
  try {
    response = await fetch(url, options);
  } catch {
    throw new HubError(0, "");
  }
  const text = await response.text();
  let content = null;
  try {
    content = text ? JSON.parse(text) : null;
  } catch {
    content = null;
  }
  if (!response.ok) {
    const said = [content?.message, content?.remedy].filter(Boolean).join(" ");
    throw new HubError(response.status, said);
  }
  return content;
}

/** The API's path of a server; the default one has no name. */
export function serverPath(owner, server) {
  const base = `users/${encodeURIComponent(owner)}`;
  return server ? `${base}/servers/${encodeURIComponent(server)}` : `${base}/server`;
}

/** Show a message where screen readers announce it. */
export function tell(text, kind = "bad") {
  const place = document.getElementById("messages");
  const note = document.createElement("p");
  note.className = `note ${kind}`;
  note.textContent = text;
  place.replaceChildren(note);
  note.scrollIntoView({ block: "nearest" });
}

export function wait(seconds) {
  return new Promise((resolve) => setTimeout(resolve, seconds * 1000));
}

/** While a form is being sent its button says so and cannot be pressed twice. */
export function showBusy(form) {
  form.addEventListener("submit", () => {
    const button = form.querySelector("[type=submit]");
    const words = button.textContent;
    // Disabled only after the browser has gathered the form's values.
    setTimeout(() => {
      button.disabled = true;
      button.textContent = form.dataset.busy;
    });
    // A page that the back button brings out of the cache must be usable again.
    addEventListener("pageshow", () => {
      button.disabled = false;
      button.textContent = words;
    }, { once: true });
  });
}
