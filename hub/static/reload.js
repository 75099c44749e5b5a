// A page that only waits looks again after a while.
const seconds = Number(document.querySelector("[data-reload]").dataset.reload);
setTimeout(() => location.reload(), seconds * 1000);
