// JupyterHub's administration reads its settings from the window.
const page = document.documentElement.dataset;
window.jhdata = {
  base_url: page.hub,
  prefix: page.prefix,
  user: page.user,
  admin_access: true,
  xsrf_token: page.xsrf,
};
window.base_url = page.hub;
window.api_page_limit = Number(document.getElementById("react-admin-hook").dataset.pageLimit);

// Its style sheet takes the colour scheme from an attribute.
const dark = matchMedia("(prefers-color-scheme: dark)");
function paint() {
  page.bsTheme = dark.matches ? "dark" : "light";
}
dark.addEventListener("change", paint);
paint();
