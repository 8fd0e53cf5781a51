"use strict";

// A report is sent as it is: a form would wrap it.
document.addEventListener("change", async (event) => {
  const field = event.target.closest("[data-verify]");
  if (field === null || field.files.length === 0) return;
  const problem = document.querySelector("#problem");
  const shown = document.querySelector("#verified");
  const file = field.files[0];
  shown.textContent = "";
  problem.textContent = "";
  if (file.size > Number(field.dataset.maxSize)) {
    problem.textContent = `${file.name} is too large.`;
    return;
  }
  shown.textContent = `Verifying ${file.name} …`;
  try {
    const answer = await fetch(field.dataset.verify, { method: "POST", body: file });
    const text = await answer.text();
    if (answer.ok) shown.innerHTML = text;
    else {
      shown.textContent = "";
      problem.textContent = `${file.name} could not be verified.`;
    }
  } catch {
    shown.textContent = "";
    problem.textContent = "The server of this page does not answer. Is plugfest serve still running?";
  }
});

// A page that is opened at a frame shows it, also after the blocks above it have been laid out.
addEventListener("load", () => {
  const frame = location.hash.startsWith("#frame-") ? document.querySelector(location.hash) : null;
  const at = new URLSearchParams(location.search).get("at");
  (frame ?? document.querySelector(`#frame-${CSS.escape(at ?? "")}`))?.scrollIntoView({ block: "center" });
});
