// Draws the lessons' panel from what the server told. Holds no state but what is folded out.

const MARKS = { verified: "★", passed: "✓", failed: "✗", new: "·" };

/** An element with attributes, listeners (`on…`) and children. */
function make(tag, given = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(given)) {
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (typeof value === "boolean") node.toggleAttribute(name, value);
    else node.setAttribute(name, value);
  }
  node.append(...children.filter((child) => child !== null));
  return node;
}

/** How far a lesson is: verified, done, begun, needs (an image with more in it) or new. */
export function stateOf(lesson) {
  const total = lesson.exercises.length;
  if (lesson.verified === total) return "verified";
  if (lesson.passed === total) return "done";
  if (lesson.missing.length) return "needs";
  return lesson.opened ? "begun" : "new";
}

function markOf(exercise) {
  if (exercise.verified) return "verified";
  if (exercise.passed) return "passed";
  return exercise.attempts ? "failed" : "new";
}

export class View {
  constructor(root, words, act) {
    this.root = root;
    this.words = words;
    this.act = act;
    this.unfolded = new Set();
    this.chosen = "";
    /** Lesson or lesson/exercise → { text, mark } under it. */
    this.said = new Map();
    this.busy = new Set();
  }

  /** Say one thing in place of the list. */
  tell(text, again = null) {
    const button = again && make("button", { onclick: again }, this.words.again);
    this.root.replaceChildren(make("p", { class: "labdock-lessons-note", role: "status" }, text));
    if (button) this.root.append(button);
  }

  draw(lessons) {
    this.lessons = lessons;
    const key = document.activeElement?.closest?.("[data-key]")?.dataset.key;
    const top = this.root.scrollTop;
    this.root.replaceChildren(this._overall(lessons), ...this._packages(lessons));
    this.root.scrollTop = top;
    if (key) this.root.querySelector(`[data-key="${CSS.escape(key)}"]`)?.focus();
  }

  redraw() {
    if (this.lessons) this.draw(this.lessons);
  }

  _overall(lessons) {
    const verified = lessons.filter((lesson) => stateOf(lesson) === "verified").length;
    return make(
      "header",
      {},
      make("h2", {}, this.words.title),
      make("p", {}, this.words.overall(verified, lessons.length)),
      make("progress", { max: lessons.length, value: verified, "aria-hidden": "true" }),
    );
  }

  _packages(lessons) {
    const packages = Map.groupBy(lessons, (lesson) => lesson.package);
    return [...packages].map(([id, own]) => {
      const verified = own.filter((lesson) => stateOf(lesson) === "verified").length;
      const { letter, package_title: title } = own[0];
      const summary = make(
        "summary",
        { "data-key": id },
        make("span", {}, `${letter.toUpperCase()}. ${title}`),
        make("span", { class: "labdock-lessons-count" }, `${verified}/${own.length}`),
      );
      const details = make(
        "details",
        { open: this.unfolded.has(id), "data-package": id },
        summary,
        make("ul", {}, ...own.map((lesson) => this._lesson(lesson))),
      );
      details.addEventListener("toggle", () => {
        if (details.open) this.unfolded.add(id);
        else this.unfolded.delete(id);
      });
      return details;
    });
  }

  _lesson(lesson) {
    const state = stateOf(lesson);
    const chosen = this.chosen === lesson.id;
    const head = make(
      "button",
      {
        class: "labdock-lessons-head",
        "data-key": lesson.id,
        "aria-expanded": String(chosen),
        onclick: () => this._choose(lesson.id),
      },
      make("span", {}, lesson.title),
      make("span", { class: "labdock-lessons-state", "data-state": state }, this.words.states[state]),
    );
    const body = chosen ? this._body(lesson) : null;
    return make("li", { "data-lesson": lesson.id, "data-state": state }, head, body);
  }

  _choose(id) {
    this.chosen = this.chosen === id ? "" : id;
    this.redraw();
  }

  _body(lesson) {
    const { words } = this;
    const note = lesson.missing.length ? words.needs(lesson.missing.join(", ")) : null;
    return make(
      "div",
      { class: "labdock-lessons-body" },
      make("p", {}, `${lesson.summary} (${words.minutes(lesson.minutes)})`),
      note && make("p", { class: "labdock-lessons-needs" }, note),
      make(
        "div",
        { class: "labdock-lessons-buttons" },
        this._button(lesson, "open", lesson.id),
        this._button(lesson, "submit", lesson.id, !lesson.opened),
      ),
      this._saying(lesson.id),
      make("ul", {}, ...lesson.exercises.map((name) => this._exercise(lesson, name))),
    );
  }

  _exercise(lesson, name) {
    const { words } = this;
    const progress = lesson.progress[name];
    const mark = markOf(progress);
    const key = `${lesson.id}/${name}`;
    const facts = [words.marks[mark]];
    if (progress.attempts) facts.push(words.tries(progress.attempts));
    if (progress.hints) facts.push(words.hints(progress.hints));
    return make(
      "li",
      { "data-exercise": name, "data-state": mark },
      make(
        "div",
        {},
        make("span", { class: "labdock-lessons-mark", "aria-hidden": "true" }, MARKS[mark]),
        make("code", {}, name),
        make("small", {}, facts.join(" · ")),
      ),
      make(
        "div",
        { class: "labdock-lessons-buttons" },
        this._button(lesson, "check", key, !lesson.opened || lesson.missing.length > 0, name),
        this._button(lesson, "hint", key, !lesson.opened, name),
      ),
      this._saying(key),
    );
  }

  _button(lesson, verb, key, off = false, exercise = null) {
    const options = {
      "data-verb": verb,
      "data-key": `${key}:${verb}`,
      disabled: off || this.busy.has(key),
      onclick: () => void this.act(lesson, verb, key, exercise),
    };
    if (exercise) options["aria-label"] = `${this.words[verb]}: ${exercise}`;
    return make("button", options, this.words[verb]);
  }

  _saying(key) {
    const { text, mark } = this.said.get(key) ?? { text: "", mark: "" };
    return make("p", { class: "labdock-lessons-said", role: "status", "data-mark": mark }, text);
  }
}
