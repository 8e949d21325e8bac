const drawings = new Map();

function theme() {
  const wish = document.documentElement.dataset.theme;
  return wish === "light" || wish === "dark" ? wish : systemIsDark.matches ? "dark" : "light";
}

/** What a figure shows now: rows by name, and what its titles {word: ...} say. */
function contentOf(figure) {
  const chart = report.charts[figure.dataset.chart];
  const dataset = figure.dataset.dataset;
  const isHere = (row) => isChosen(row) && (dataset === undefined || row.dataset === dataset);
  const rows = Object.fromEntries(Object.entries(chart.rows).map(([name, all]) => [name, all.filter(isHere)]));
  if (figure.dataset.chart !== "learning-curves") return { chart, rows, words: {}, columns: chart.columns };
  return curvesOf(figure, chart);
}

function curvesOf(figure, chart) {
  const dataset = figure.dataset.dataset;
  const fits = (row) => row.dataset === dataset && row.split === chosen.split
    && row.metric === chosen.metric && row.class === chosen.class;
  const curves = chart.rows.curves.filter((row) => fits(row) && isChosen(row)).map((row) => ({
    strategy: row.strategy, x: row[chosen.x], value: row.value, seeds: row.seeds, ...ends(row),
  }));
  const seeds = !["both", "seeds"].includes(chosen.spread) ? [] : chart.rows.seeds
    .filter((row) => fits(row) && isChosen(row))
    .map((row) => ({ strategy: row.strategy, seed: row.seed, x: row[chosen.x], value: row.value }));
  const fullData = chart.rows.full_data.filter(fits).map((row) => ({
    value: row.value, seeds: row.seeds, text: row.text, ...ends(row),
  }));
  const measured = form.elements.class.value === "mean" ? "mean over the foreground classes" : `class ${chosen.class}`;
  const words = { x: textOf("x"), y: `${chosen.metric} (${chosen.split})` };
  figure.querySelector(".measured").textContent = `${chosen.metric}, ${measured}, ${chosen.split}`;
  const columns = { strategy: "Strategy", x: words.x, value: "Mean", low: "Band from", high: "Band to", seeds: "Seeds" };
  return { chart, rows: { curves, seeds, full_data: fullData }, words, columns };
}

/** The ends of a row's band: none where there is one seed or none is wished. */
function ends(row) {
  return ["both", "std"].includes(chosen.spread) ? { low: row.low, high: row.high } : { low: row.value, high: row.value };
}

function textOf(name) {
  return form.elements[name].selectedOptions[0].textContent;
}

/** Of a drawing with its axes and legend, in pixels: given, or a step for each of its rows. */
function heightOf({ chart, rows }) {
  const step = chart.spec.height?.step;
  const field = chart.spec.encoding?.y?.field;
  return step ? step * new Set(Object.values(rows).flat().map((row) => row[field])).size + 80 : chart.height;
}

function specificationOf(content, width) {
  const { chart, rows, words } = content;
  const spec = { ...chart.spec };
  // A layer without data would only make Vega warn of an axis without an extent.
  if (spec.layer) spec.layer = spec.layer.filter((layer) => !layer.data || rows[layer.data.name].length > 0);
  let text = JSON.stringify(spec);
  for (const [word, meaning] of Object.entries(words)) text = text.replaceAll(JSON.stringify({ word }), () => JSON.stringify(meaning));
  const size = spec.width ? {} : { height: heightOf(content), width, autosize: { type: "fit", contains: "padding" } };
  const params = Object.entries(report.parameters[theme()]).map(([name, value]) => ({ name, value }));
  return { $schema: report.schema, params, ...JSON.parse(text), ...size, datasets: rows };
}

async function draw(figure) {
  const place = figure.querySelector(".drawing");
  const content = contentOf(figure);
  const isEmpty = content.rows[content.chart.main].length === 0;
  figure.querySelector(".empty").hidden = !isEmpty;
  place.hidden = isEmpty;
  drawings.get(figure)?.finalize();
  drawings.delete(figure);
  if (isEmpty) {
    place.replaceChildren();
  } else {
    const inner = element("div"); // Vega gives what it draws into a role of its own
    place.replaceChildren(inner);
    const result = await vegaEmbed(inner, specificationOf(content, place.clientWidth), {
      actions: false, renderer: "svg", config: report.themes[theme()],
      tooltip: { theme: "custom" }, loader: { load: () => Promise.reject(new Error("the report reads no files")) },
    });
    drawings.set(figure, result);
  }
  const numbers = figure.querySelector("details.numbers");
  if (numbers.open) fillNumbers(numbers, content);
}

/** One chart that cannot be drawn does not keep the others from it. */
function fail(figure, error) {
  console.error(error);
  const note = figure.querySelector(".empty");
  note.textContent = `This chart cannot be drawn (${error.message}); its numbers are below.`;
  note.hidden = false;
}

/** The table that stands in for a chart. */
function fillNumbers(details, { chart, rows, columns }) {
  const fields = Object.keys(columns);
  const head = element("tr", {}, ...fields.map((field) => element("th", { scope: "col" }, element("span", {}, columns[field]))));
  const body = rows[chart.main].map((row) => element("tr", {}, ...fields.map((field, i) => (
    i === 0 ? element("th", { scope: "row", class: "text" }, shown(row[field])) : element("td", {}, shown(row[field]))
  ))));
  const caption = element("caption", { class: "hidden-text" }, details.closest("figure").querySelector("h3").textContent);
  const table = element("table", {}, caption, element("thead", {}, head), element("tbody", {}, ...body));
  details.querySelector(".scroll").replaceChildren(table);
}

let drawn = Promise.resolve();

/** Draw every figure that is chosen, one after the other, so that the page stays responsive. */
function drawAll() {
  const figures = [...document.querySelectorAll("figure[data-chart]")];
  for (const figure of figures) {
    figure.hidden = figure.dataset.dataset !== undefined && !chosen.datasets.has(figure.dataset.dataset);
  }
  const wish = {};
  drawAll.wish = wish;
  drawn = drawn.then(async () => {
    for (const figure of figures) {
      if (drawAll.wish !== wish) return;
      if (!figure.hidden) await draw(figure).catch((error) => fail(figure, error));
    }
    document.documentElement.dataset.drawn = String(Number(document.documentElement.dataset.drawn ?? 0) + 1);
  });
  return drawn;
}
