// From the first paint to the running app: gives the static page the reader's own look, takes it away when the app
// stands, and shows the way on when it cannot start (a file that did not arrive, a browser that is too old). From then
// on the app's own panic hook is in charge.
(() => {
  // What the settings page stored: "light", "dark" or "auto"; "1", "2" or "3".
  try {
    for (const name of ["theme", "text"]) {
      const chosen = localStorage.getItem(`gandan.${name}`);
      if (chosen) document.documentElement.dataset[name] = chosen;
    }
  } catch {
    // No storage: the page looks as it does for everybody.
  }

  const show = () => {
    const unstarted = document.getElementById("unstarted");
    if (unstarted && document.getElementById("crash").hidden) unstarted.hidden = false;
  };
  // Capturing, because a file that does not load reports it to its own element only.
  addEventListener("error", show, true);
  addEventListener("unhandledrejection", show);
  addEventListener("TrunkApplicationStarted", () => {
    document.getElementById("skeleton").remove();
    document.getElementById("unstarted").remove();
  });
})();
