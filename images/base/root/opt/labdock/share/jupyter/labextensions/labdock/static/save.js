// Saving the environment from JupyterLab: a tile and a command that open the lab's page for it.
import { language } from "./notices.js";

const COMMAND = "labdock:save";
const WORDS = {
  en: {
    title: "Save environment",
    caption: "Save what is installed in this workspace, to start from it again",
    category: "Labdock",
  },
  ko: {
    title: "환경 저장",
    caption: "이 작업 공간에 설치한 것을 저장해 나중에 그대로 시작합니다",
    category: "Labdock",
  },
};
const ICON =
  '<svg xmlns="http://www.w3.org/2000/svg" width="16" viewBox="0 0 24 24">' +
  '<path class="jp-icon3" fill="#616161" d="M12 2 3 6.5v11L12 22l9-4.5v-11zm0 2.2 6 3-6 3-6-3zM5 8.9l6 3v7.3l-6-3zm8 ' +
  '10.3v-7.3l6-3v7.3z"/></svg>';

/** The page that saves this workspace; null where the hub has not made it. */
function page(option) {
  const owner = option("hubServerUser");
  const hub = option("hubPrefix");
  if (!owner || !hub) return null;
  const name = option("hubServerName") || "default";
  const base = hub.replace(/hub\/?$/, "");
  const path = [owner, name].map(encodeURIComponent).join("/");
  return `${option("hubHost")}${base}services/portal/workspaces/${path}/save`;
}

export async function plugin(take) {
  const [launcher, apputils, { PageConfig }, ui] = await Promise.all([
    take("@jupyterlab/launcher"),
    take("@jupyterlab/apputils"),
    take("@jupyterlab/coreutils"),
    take("@jupyterlab/ui-components"),
  ]);
  const words = WORDS[language()];
  return {
    id: "labdock:save",
    description: "Opens the page that saves this workspace as an environment.",
    autoStart: true,
    optional: [launcher.ILauncher, apputils.ICommandPalette],
    activate(app, tiles, palette) {
      const address = page((name) => PageConfig.getOption(name));
      if (!address) return;
      app.commands.addCommand(COMMAND, {
        label: words.title,
        caption: words.caption,
        icon: new ui.LabIcon({ name: "labdock:save", svgstr: ICON }),
        execute: () => void window.open(address, "_blank", "noopener"),
      });
      tiles?.add({ command: COMMAND, category: "Other", rank: 2 });
      palette?.addItem({ command: COMMAND, category: words.category });
    },
  };
}
