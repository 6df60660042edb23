// Draws a chart from its data, with the same numbers as words for those who do not see it, and as a table for everybody.
import { h, s } from "./dom.js";

const WIDTH = 320;
const ROW = 46;
const HEIGHT = 190;
const EDGE = { left: 14, right: 14, top: 26, bottom: 28 };

/** A figure: the drawing, its title, its table, and an address of it as a picture where there is one. */
export function chart(data, strings, picture) {
  const rows = data.labels.map((label, index) => ({ label: String(label), value: data.values[index] ?? null }));
  const known = rows.filter((row) => Number.isFinite(row.value));
  const drawing = known.length ? (data.type === "line" && known.length > 2 ? line(rows, known) : bars(rows, known)) : null;
  if (drawing) {
    drawing.setAttribute("role", "img");
    drawing.setAttribute("aria-label", data.alt);
  }
  return h("figure", { class: "chart" },
    h("figcaption", {}, h("strong", {}, data.title), data.unit ? ` (${data.unit})` : ""),
    drawing ?? h("p", {}, data.alt),
    h("details", { class: "fold" },
      h("summary", {}, strings.table),
      h("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": data.title }, table(data, rows, strings))),
    picture && h("a", { class: "link", href: picture, target: "_blank", rel: "noopener noreferrer" }, strings.save));
}

function table(data, rows, strings) {
  return h("table", {},
    h("caption", {}, data.title),
    h("thead", {}, h("tr", {}, h("th", { scope: "col" }, data.title), h("th", { scope: "col" }, data.unit || "number"))),
    h("tbody", {}, rows.map((row) =>
      h("tr", {}, h("th", { scope: "row" }, row.label), h("td", {}, number(row.value) ?? strings.missing)))));
}

/** A number as people write it: 2,346 or 7.4. */
export function number(value) {
  return Number.isFinite(value) ? value.toLocaleString("en-GB", { maximumFractionDigits: 2 }) : null;
}

function bars(rows, known) {
  const most = Math.max(...known.map((row) => row.value), 0) || 1;
  const drawing = s("svg", { viewBox: `0 0 ${WIDTH} ${rows.length * ROW}`, class: "bars" });
  rows.forEach((row, index) => {
    const top = index * ROW;
    drawing.append(
      s("text", { x: 0, y: top + 16 }, row.label),
      s("text", { x: WIDTH, y: top + 16, "text-anchor": "end", class: "value" }, number(row.value) ?? "–"),
      s("rect", { x: 0.5, y: top + 22, width: WIDTH - 1, height: 14, class: "track" }),
      s("rect", { x: 0.5, y: top + 22, width: Math.max(0, ((WIDTH - 1) * (row.value ?? 0)) / most), height: 14, class: "bar" }));
  });
  return drawing;
}

function line(rows, known) {
  const most = Math.max(...known.map((row) => row.value)) || 1;
  const across = (WIDTH - EDGE.left - EDGE.right) / (rows.length - 1);
  const x = (index) => EDGE.left + index * across;
  const y = (value) => HEIGHT - EDGE.bottom - ((HEIGHT - EDGE.top - EDGE.bottom) * value) / most;
  const points = rows.map((row, index) => ({ ...row, index })).filter((row) => Number.isFinite(row.value));
  const drawing = s("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, class: "line" },
    s("line", { x1: EDGE.left, x2: WIDTH - EDGE.right, y1: HEIGHT - EDGE.bottom, y2: HEIGHT - EDGE.bottom, class: "axis" }),
    s("polyline", { points: points.map((p) => `${x(p.index)},${y(p.value)}`).join(" "), class: "path" }));
  const high = points.reduce((a, b) => (b.value > a.value ? b : a));
  const named = new Set([points[0], points.at(-1), high].map((p) => p.index));
  for (const point of points) {
    drawing.append(s("circle", { cx: x(point.index), cy: y(point.value), r: 4, class: "dot" }));
    if (!named.has(point.index)) continue;
    const anchor = point.index === 0 ? "start" : point.index === rows.length - 1 ? "end" : "middle";
    // beside a labelled end there is no room for another label
    const crowded = point === high && [points[0], points.at(-1)].some((end) => end !== high && Math.abs(x(end.index) - x(high.index)) < 90);
    if (!crowded) drawing.append(s("text", { x: x(point.index), y: y(point.value) - 9, "text-anchor": anchor, class: "value" }, number(point.value)));
    if (!crowded || point !== high) drawing.append(s("text", { x: x(point.index), y: HEIGHT - 8, "text-anchor": anchor }, point.label));
  }
  return drawing;
}
