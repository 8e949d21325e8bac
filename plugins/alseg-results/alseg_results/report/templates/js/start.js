function update() {
  readControls();
  filterParts();
  return drawAll();
}

function setTheme(wish) {
  document.documentElement.dataset.theme = wish;
  try { localStorage.setItem("alseg-report-theme", wish); } catch { /* a page from a file may have no storage */ }
}

form.addEventListener("submit", (event) => event.preventDefault());
form.addEventListener("change", (event) => {
  if (event.target.name === "theme") setTheme(event.target.value);
  update();
});
form.addEventListener("input", (event) => {
  if (event.target.type !== "search") return;
  const wish = event.target.value.trim().toLowerCase();
  for (const label of event.target.closest("fieldset").querySelectorAll("label.choice")) {
    label.hidden = !label.textContent.toLowerCase().includes(wish);
  }
});
form.addEventListener("click", (event) => {
  const wish = event.target.dataset.all;
  if (wish === undefined) return;
  for (const label of event.target.closest("fieldset").querySelectorAll("label.choice")) {
    if (!label.hidden) label.querySelector("input").checked = wish === "true";
  }
  update();
});
document.addEventListener("click", (event) => {
  const button = event.target.closest("button");
  if (button?.dataset.copies) copyLatex(button);
  else if (button?.closest("thead")) sortBy(button.closest("th"));
});
document.addEventListener("toggle", (event) => {
  if (event.target.matches?.("details.numbers") && event.target.open) {
    fillNumbers(event.target, contentOf(event.target.closest("figure")));
  }
}, true);

let width = innerWidth;
let waiting;
addEventListener("resize", () => {
  if (innerWidth === width) return; // a phone's address bar changes the height alone
  width = innerWidth;
  clearTimeout(waiting);
  waiting = setTimeout(drawAll, 150);
});
systemIsDark.addEventListener("change", drawAll);

try {
  const wish = localStorage.getItem("alseg-report-theme");
  if (wish) { setTheme(wish); form.elements.theme.value = wish; }
} catch { /* no storage */ }
document.documentElement.classList.add("scripted");
document.getElementById("choose").open = !narrow.matches;
update();
