// Theme, keys and dialogs of every page. Actions of a page are links and buttons; a key only activates one of them.
"use strict";

const THEMES = ["auto", "light", "dark"];

function applyTheme(theme) {
  document.documentElement.dataset.theme = theme;
}

applyTheme(localStorage.getItem("theme") ?? "auto");

function nextTheme() {
  const theme = THEMES[(THEMES.indexOf(document.documentElement.dataset.theme) + 1) % THEMES.length];
  localStorage.setItem("theme", theme);
  applyTheme(theme);
  document.querySelector("#theme-name").textContent = theme;
}

function isTyping(target) {
  return target.closest("input, textarea, select, [contenteditable]") !== null;
}

// An element with data-key="x" is activated by that key, if no field has the focus and no dialog is open.
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
  const scope = document.querySelector("dialog[open]") ?? document;
  const found = [...scope.querySelectorAll("[data-key]")].find((one) => one.dataset.key === event.key);
  if (found === undefined || found.disabled) return;
  event.preventDefault();
  found.click();
});

document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-opens]");
  if (opener !== null) document.querySelector(opener.dataset.opens).showModal();
  if (event.target.closest("[data-closes]") !== null) event.target.closest("dialog").close();
  if (event.target.closest("#theme") !== null) nextTheme();
});

document.addEventListener("DOMContentLoaded", () => {
  document.querySelector("#theme-name").textContent = document.documentElement.dataset.theme;
});

// An answer with an error status has a text for the user: it is shown like any other answer of the page's server.
document.addEventListener("htmx:beforeSwap", (event) => {
  if (event.detail.xhr.status >= 400) {
    event.detail.shouldSwap = true;
    event.detail.target = document.querySelector("#problem");
    event.detail.isError = false;
  }
});
document.addEventListener("htmx:sendError", () => {
  document.querySelector("#problem").textContent = "The server of this page does not answer. Is plugfest serve still running?";
});
document.addEventListener("htmx:beforeRequest", () => {
  document.querySelector("#problem").textContent = "";
});

// A page that follows something is shown as it was until the server answers again.
document.addEventListener("htmx:sseError", () => {
  document.querySelector("#problem").textContent = "The server of this page does not answer; what is shown may be old.";
});
document.addEventListener("htmx:sseOpen", () => {
  document.querySelector("#problem").textContent = "";
});
