/** Sort a table by a column; numbers by value, texts by the alphabet, missing ones last. */
function sortBy(header) {
  const table = header.closest("table");
  const column = [...header.parentElement.children].indexOf(header);
  const isNumber = !header.classList.contains("text");
  // Numbers start with the largest: that is what one looks for.
  const before = header.getAttribute("aria-sort");
  const direction = before ? (before === "ascending" ? "descending" : "ascending") : isNumber ? "descending" : "ascending";
  for (const other of header.parentElement.children) other.removeAttribute("aria-sort");
  header.setAttribute("aria-sort", direction);
  const sign = direction === "ascending" ? 1 : -1;
  const orderOf = (row) => row.children[column].dataset.order;
  const compare = (a, b) => {
    const left = orderOf(a), right = orderOf(b);
    if (left === undefined || right === undefined) return (left === undefined) - (right === undefined);
    return sign * (isNumber ? Number(left) - Number(right) : left.localeCompare(right));
  };
  const body = table.tBodies[0];
  body.append(...[...body.rows].sort(compare));
  say(`sorted by ${header.textContent.trim()}, ${direction}`);
}

/** The table in LaTeX, as it stands: its order, and without the rows that are not chosen. */
function latexOf(table) {
  const rows = [...table.tBodies[0].rows].filter((row) => !row.hidden).map((row) => row.dataset.latex);
  return [table.dataset.latexHead, ...rows, table.dataset.latexFoot].join("\n") + "\n";
}

async function copyLatex(button) {
  const text = latexOf(document.getElementById(button.dataset.copies));
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    copyBySelection(text); // the clipboard is closed to pages that came over plain http
  }
  button.textContent = "Copied";
  say("copied as LaTeX");
  setTimeout(() => { button.textContent = "Copy as LaTeX"; }, 2000);
}

function copyBySelection(text) {
  const area = element("textarea", { readonly: "", class: "hidden-text" });
  area.value = text;
  document.body.append(area);
  area.select();
  document.execCommand("copy");
  area.remove();
}

function say(text) {
  document.getElementById("said").textContent = text;
}

/** Leave out the rows and parts about what is not chosen. */
function filterParts() {
  for (const part of document.querySelectorAll("tbody tr[data-about], [data-part]")) {
    part.hidden = !isChosen(JSON.parse(part.dataset.about ?? part.dataset.part));
  }
}
