// From the first paint to the running app: takes the static page away when the app stands, and shows the way on when it
// cannot start (a file that did not arrive, a browser that is too old). From then on its own panic hook is in charge.
(() => {
  const show = () => {
    if (document.getElementById("skeleton") && document.getElementById("crash")?.hidden) {
      document.getElementById("unstarted").hidden = false;
    }
  };
  // Capturing, because a file that does not load reports it to its own element only.
  addEventListener("error", show, true);
  addEventListener("unhandledrejection", show);
  addEventListener("TrunkApplicationStarted", () => document.getElementById("skeleton").remove());
})();
