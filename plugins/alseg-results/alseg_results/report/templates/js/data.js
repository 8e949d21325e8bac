const report = JSON.parse(document.getElementById("report-data").textContent);

/** Rows from the packed columns that alseg_results.report.charts.chart.packed writes. */
function unpacked(table) {
  const rows = Array.from({ length: table.length }, () => ({}));
  for (const [name, column] of Object.entries(table.columns)) {
    const value = Array.isArray(column) ? (i) => column[i] : (i) => column.texts[column.places[i]];
    rows.forEach((row, i) => { row[name] = value(i); });
  }
  return rows;
}

for (const chart of Object.values(report.charts)) {
  chart.rows = Object.fromEntries(Object.entries(chart.data).map(([name, table]) => [name, unpacked(table)]));
}

const form = document.getElementById("controls");
const narrow = matchMedia("(max-width: 60rem)");
const systemIsDark = matchMedia("(prefers-color-scheme: dark)");
const chosen = { datasets: new Set(), strategies: new Set() };

/** Take over what the controls say. */
function readControls() {
  for (const kind of ["datasets", "strategies"]) {
    chosen[kind] = new Set([...form.querySelectorAll(`input[name="${kind}"]:checked`)].map((box) => box.value));
  }
  for (const select of form.querySelectorAll("select[data-choice]")) chosen[select.name] = select.value;
}

/** Whether something about a dataset or a strategy is among what is chosen; what is about neither always is. */
function isChosen(about) {
  return (about.dataset === undefined || chosen.datasets.has(about.dataset))
    && (about.strategy === undefined || chosen.strategies.has(about.strategy))
    && (about.rival === undefined || chosen.strategies.has(about.rival));
}

function shown(value) {
  if (value === null || value === undefined) return "–";
  if (typeof value !== "number") return String(value);
  if (Number.isInteger(value)) return value.toLocaleString("en");
  return Math.abs(value) >= 1000 ? Math.round(value).toLocaleString("en") : value.toPrecision(4).replace(/\.?0+$/, "");
}

function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children);
  return made;
}
