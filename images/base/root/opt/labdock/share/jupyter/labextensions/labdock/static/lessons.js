// The lessons in JupyterLab: a tile in the launcher and a panel at the left. The work is done by
// the `lessons` command, which the server runs for each click.
import { language } from "./notices.js";
import { View } from "./lessons_view.js";
import { WORDS } from "./lessons_words.js";

const SECONDS = 3;
const COMMAND = "labdock:lessons";
const ICON =
  '<svg xmlns="http://www.w3.org/2000/svg" width="16" viewBox="0 0 24 24">' +
  '<path class="jp-icon3" fill="#616161" d="M12 3 1 9l11 6 9-4.9V17h2V9zM5 13.2v4L12 21l7-3.8v-4L12 17z"/>' +
  "</svg>";

export async function plugin(take) {
  const [application, launcher, apputils, { ServerConnection }, { URLExt }, ui, { Widget }] =
    await Promise.all([
      take("@jupyterlab/application"),
      take("@jupyterlab/launcher"),
      take("@jupyterlab/apputils"),
      take("@jupyterlab/services"),
      take("@jupyterlab/coreutils"),
      take("@jupyterlab/ui-components"),
      take("@lumino/widgets"),
    ]);
  const settings = ServerConnection.makeSettings();
  const lang = language();
  const words = WORDS[lang];
  const icon = new ui.LabIcon({ name: "labdock:lessons", svgstr: ICON });

  async function ask(path, method = "GET", body = null) {
    const url = URLExt.join(settings.baseUrl, "labdock/lessons") + path;
    const options = body ? { method, body: JSON.stringify(body) } : { method };
    const response = await ServerConnection.makeRequest(url, options, settings);
    const answer = await response.json().catch(() => ({}));
    if (!response.ok) throw new Error(answer.message ?? response.statusText);
    return answer;
  }

  class Panel extends Widget {
    constructor(openFile) {
      super();
      this.id = "labdock-lessons";
      this.addClass("labdock-lessons");
      this.title.icon = icon;
      this.title.caption = words.title;
      this.node.setAttribute("aria-label", words.title);
      this.node.lang = lang;
      this.version = "";
      this.openFile = openFile;
      this.view = new View(this.node, words, (...given) => this.act(...given));
    }

    onAfterShow() {
      // What a notebook's cells check shows up here by itself, while somebody looks.
      this.timer ??= setInterval(() => void this.look(), SECONDS * 1000);
      void this.look();
    }

    onAfterHide() {
      clearInterval(this.timer);
      this.timer = undefined;
    }

    async look() {
      if (document.visibilityState !== "visible" || this.looking) return;
      this.looking = true;
      if (!this.version) this.view.tell(words.loading);
      try {
        const version = encodeURIComponent(this.version);
        const found = await ask(`?lang=${lang}&version=${version}&no_track_activity=1`);
        this.version = found.version;
        if (found.lessons) this.view.draw(found.lessons);
      } catch (error) {
        // A list that is there stays; the server may be on its way back.
        const again = () => void this.look();
        if (!this.version) this.view.tell(`${words.failed} ${error.message}`, again);
      } finally {
        this.looking = false;
      }
    }

    say(key, text, mark = "") {
      this.view.said.set(key, { text, mark });
      this.view.redraw();
    }

    async act(lesson, verb, key, exercise) {
      this.view.busy.add(key);
      const waiting = { check: words.checking, submit: words.submitting }[verb] ?? words.working;
      this.say(key, waiting);
      try {
        const body = exercise ? { lang, exercise } : { lang };
        const answer = await ask(`/${lesson.id}/${verb}`, "POST", body);
        this.view.busy.delete(key);
        await this[verb](key, answer);
      } catch (error) {
        this.view.busy.delete(key);
        this.say(key, error.message, "failed");
      }
      await this.look();
    }

    async open(key, answer) {
      this.say(key, "");
      await this.openFile(answer.path);
    }

    check(key, answer) {
      const [verdict] = answer.verdicts;
      this.say(key, verdict.text, verdict.ok ? "passed" : "failed");
    }

    hint(key, answer) {
      this.say(key, words.hinted(answer.hint, answer.text));
    }

    submit(key, answer) {
      const verdicts = answer.verdicts ?? [];
      const passed = verdicts.filter((one) => one.ok).length;
      if (answer.state === "done") {
        const mark = passed === verdicts.length ? "passed" : "failed";
        this.say(key, words.submitted(passed, verdicts.length), mark);
      } else if (answer.state === "waiting") this.say(key, answer.why, "failed");
      else if (answer.state === "failed") this.say(key, words.ungraded, "failed");
      else this.say(key, words.queued);
    }
  }

  function dress() {
    const href = new URL("lessons.css", import.meta.url).href;
    document.head.append(Object.assign(document.createElement("link"), { rel: "stylesheet", href }));
  }

  return {
    id: "labdock:lessons",
    description: "Lists the lessons, opens them and tells how far one is.",
    autoStart: true,
    requires: [application.ILabShell],
    optional: [launcher.ILauncher, apputils.ICommandPalette, application.ILayoutRestorer],
    activate(app, shell, tiles, palette, restorer) {
      dress();
      const openFile = (path) =>
        app.commands.execute("docmanager:open", { path, factory: "Notebook" });
      const panel = new Panel(openFile);
      shell.add(panel, "left", { rank: 600, type: "Lessons" });
      restorer?.add(panel, panel.id);
      app.commands.addCommand(COMMAND, {
        label: words.title,
        caption: words.caption,
        icon,
        execute: () => shell.activateById(panel.id),
      });
      tiles?.add({ command: COMMAND, category: "Other", rank: 1 });
      palette?.addItem({ command: COMMAND, category: words.title });
    },
  };
}
