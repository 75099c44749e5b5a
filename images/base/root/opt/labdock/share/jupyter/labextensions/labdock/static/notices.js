// Shows what the lab's machine has to tell: a lease that ends, a workspace that looks abandoned.

const SECONDS = 20;

const WORDS = {
  en: {
    extend: "Extend",
    keep: "I am still here",
    dismiss: "Got it",
    extended: "Extended.",
    kept: "The workspace keeps running.",
    failed: "That did not work.",
  },
  ko: {
    extend: "연장하기",
    keep: "계속 쓰고 있어요",
    dismiss: "확인",
    extended: "연장했습니다.",
    kept: "작업 공간을 계속 실행합니다.",
    failed: "처리하지 못했습니다.",
  },
};

/** The reader's language: JupyterLab's own where it says, else the browser's. */
export function language() {
  const first = [document.documentElement.lang, ...navigator.languages].find((tag) =>
    /^(ko|en)\b/i.test(tag ?? ""),
  );
  // JupyterLab's page says "en" whatever the reader speaks: the browser decides.
  const browser = navigator.languages.find((tag) => /^(ko|en)\b/i.test(tag));
  return (browser ?? first ?? "en").slice(0, 2).toLowerCase();
}

export async function plugin(take) {
  const [{ Notification }, { ServerConnection }, { URLExt }] = await Promise.all([
    take("@jupyterlab/apputils"),
    take("@jupyterlab/services"),
    take("@jupyterlab/coreutils"),
  ]);
  const settings = ServerConnection.makeSettings();
  const words = WORDS[language()];
  /** Notice id → what is shown of it. */
  const shown = new Map();

  async function ask(path, method = "GET") {
    const url = URLExt.join(settings.baseUrl, "labdock", path);
    const options = method === "GET" ? {} : { method, body: "{}" };
    const response = await ServerConnection.makeRequest(`${url}?no_track_activity=1`, options, settings);
    const body = await response.json().catch(() => ({}));
    if (!response.ok) throw new Error(body.message ?? "");
    return body;
  }

  const actions = {
    extend: { path: () => "extend", done: words.extended },
    keep: { path: () => "keep", done: words.kept },
    dismiss: { path: (id) => `notices/${id}/dismiss`, done: "" },
  };

  async function act(name, id) {
    const action = actions[name];
    try {
      const answer = await ask(action.path(id), "POST");
      shown.delete(id);
      const text = answer.message ?? action.done;
      if (text) Notification.success(text, { autoClose: 5000 });
    } catch (error) {
      Notification.error(`${words.failed} ${error.message}`, { autoClose: 10000 });
    }
  }

  function show(notice) {
    const text = notice.text[language()];
    const known = shown.get(notice.id);
    if (known?.text === text) return;
    const options = {
      autoClose: false,
      actions: notice.actions.map((name) => ({
        label: words[name],
        displayType: name === "dismiss" ? "default" : "accent",
        callback: () => void act(name, notice.id),
      })),
    };
    if (known) Notification.dismiss(known.key);
    shown.set(notice.id, { text, key: Notification.emit(text, notice.level, options) });
  }

  async function look() {
    if (document.visibilityState !== "visible") return;
    const notices = await ask("notices").catch(() => null);
    if (!notices) return;
    notices.forEach(show);
    const open = new Set(notices.map((notice) => notice.id));
    for (const [id, { key }] of shown) {
      if (open.has(id)) continue;
      Notification.dismiss(key);
      shown.delete(id);
    }
  }

  return {
    id: "labdock:notices",
    description: "Shows the notices of the lab's machine.",
    autoStart: true,
    activate(app) {
      // What is emitted before the page listens is counted at its bell and shown to nobody. Not
      // awaited: the page is restored only once every plugin is active.
      void app.restored.then(() => {
        void look();
        setInterval(() => void look(), SECONDS * 1000);
      });
    },
  };
}
