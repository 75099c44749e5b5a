// Goes on to the workspace as soon as it runs: the page's own part says where.

function go() {
  const link = document.querySelector("[data-go]");
  if (!link) return;
  observer.disconnect();
  location.replace(link.href);
}

const observer = new MutationObserver(go);
observer.observe(document.querySelector("main"), { childList: true, subtree: true });
go();
