// Everything works without this; with it, a choice in a filter shows at once, and keys move through a list.
"use strict";
for (const form of document.querySelectorAll("form.filters")) {
  form.addEventListener("change", (event) => {
    if (event.target.matches("select, input[type=checkbox]")) form.requestSubmit();
  });
  form.addEventListener("submit", () => {
    for (const field of form.elements) if (field.name && field.value === "") field.disabled = true;
  });
}
// A page that comes back from the browser's memory has its fields as they were sent.
addEventListener("pageshow", () => {
  for (const field of document.querySelectorAll("form.filters :disabled")) field.disabled = false;
});
const titles = [...document.querySelectorAll("a.title")];
addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input, select, textarea")) return;
  if (event.key === "/") {
    const field = document.querySelector("input[type=search]");
    if (field) { event.preventDefault(); field.focus(); }
  }
  const step = { j: 1, k: -1 }[event.key];
  if (step && titles.length) {
    const at = titles.indexOf(document.activeElement);
    titles[Math.min(Math.max(at + step, 0), titles.length - 1)].focus();
  }
});
