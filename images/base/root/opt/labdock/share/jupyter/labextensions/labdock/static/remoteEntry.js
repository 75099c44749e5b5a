// Labdock in JupyterLab. Written as a module that JupyterLab's loader takes as it is: it uses the
// libraries that JupyterLab shares, so there is nothing to build and nothing that can be out of
// step with it.
(() => {
  "use strict";
  let shared = {};
  const folder = document.currentScript.src.replace(/[^/]*$/, "");

  /** One of JupyterLab's own libraries, in the version that runs. */
  async function take(name) {
    const versions = shared[name];
    const found = Object.values(versions);
    const entry = found.find((version) => version.loaded) ?? found[found.length - 1];
    return (await entry.get())();
  }

  window._JUPYTERLAB = window._JUPYTERLAB ?? {};
  window._JUPYTERLAB.labdock = {
    init(scope) {
      shared = scope;
    },
    async get() {
      const names = ["notices", "lessons", "save"];
      const parts = await Promise.all(names.map((name) => import(`${folder}${name}.js`)));
      const plugins = await Promise.all(parts.map((part) => part.plugin(take)));
      return () => ({ __esModule: true, default: plugins });
    },
  };
})();
