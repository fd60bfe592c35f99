import { statusColors } from "./colors.js";
import type { GraphDrawing } from "./graph-drawing.js";
import { HEADER_HEIGHT, type LaidOutBox, type Layout, layoutDrawing, type Point } from "./layout.js";

/** Renders a drawing as a standalone SVG that follows the viewer's light or dark mode. */
export function svgOf(drawing: GraphDrawing): string {
  const layout = layoutDrawing(drawing);
  const [width, height] = [Math.ceil(layout.width), Math.ceil(layout.height)];
  const title = escaped(`${drawing.workflow} ${drawing.version}`);
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img" aria-label="${title}">`,
    `<title>${title}</title>`,
    `<style>${styleSheet()}</style>`,
    '<defs><marker id="arrow" viewBox="0 0 8 8" refX="8" refY="4" markerWidth="7" markerHeight="7" orient="auto"><path class="head" d="M0 0L8 4L0 8z"/></marker></defs>',
    layoutMarkup(layout),
    "</svg>\n",
  ].join("\n");
}

function layoutMarkup(layout: Layout): string {
  const edges = layout.edges.map((points) => `<path class="edge" d="${pathOf(points)}" marker-end="url(#arrow)"/>`);
  return [...layout.boxes.map(boxMarkup), ...edges].join("\n");
}

function boxMarkup(box: LaidOutBox): string {
  const { step, inside, width, height } = box;
  const kind = step === undefined ? "case" : step.type;
  const status = step?.status === undefined ? "" : ` ${step.status}`;
  const hint = step === undefined ? box.label : [step.id, step.status].filter((part) => part !== undefined).join(": ");
  return [
    `<g class="box ${escaped(kind)}${status}" transform="translate(${round(box.x)} ${round(box.y)})">`,
    `<title>${escaped(hint)}</title>`,
    `<rect width="${round(width)}" height="${round(height)}" rx="6"/>`,
    ...(inside === null ? stepTexts(box) : containerTexts(box, inside)),
    "</g>",
  ].join("\n");
}

function stepTexts({ width, label, detail }: LaidOutBox): readonly string[] {
  const middle = round(width / 2);
  return [
    `<text x="${middle}" y="20" text-anchor="middle">${escaped(label)}</text>`,
    `<text class="detail" x="${middle}" y="36" text-anchor="middle">${escaped(detail)}</text>`,
  ];
}

function containerTexts({ width, label, detail }: LaidOutBox, inside: Layout): readonly string[] {
  const shift = round((width - inside.width) / 2);
  return [
    `<text x="12" y="20">${escaped(label)} <tspan class="detail">${escaped(detail)}</tspan></text>`,
    `<g transform="translate(${shift} ${HEADER_HEIGHT})">`,
    layoutMarkup(inside),
    "</g>",
  ];
}

function pathOf(points: readonly Point[]): string {
  return points.map(({ x, y }, index) => `${index === 0 ? "M" : "L"}${round(x)} ${round(y)}`).join("");
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}

function styleSheet(): string {
  const statuses = Object.entries(statusColors);
  const light = statuses.map(([status, { fill, line }]) => `.${status}>rect{fill:${fill};stroke:${line}}`);
  const dark = statuses.map(
    ([status, { darkFill, darkLine }]) => `.${status}>rect{fill:${darkFill};stroke:${darkLine}}`,
  );
  return [
    "text{font:13px system-ui,sans-serif;fill:#1a1a1a}.detail{font-size:11px;fill:#495057}",
    ".box>rect{fill:#ffffff;stroke:#495057}.case>rect{fill:none;stroke-dasharray:4 3}",
    ".edge{fill:none;stroke:#495057;stroke-width:1.3}.head{fill:#495057}",
    ...light,
    "@media(prefers-color-scheme:dark){text{fill:#f1f3f5}.detail{fill:#ced4da}.box>rect{fill:#212529;stroke:#adb5bd}",
    ".case>rect{fill:none}.edge{stroke:#adb5bd}.head{fill:#adb5bd}",
    ...dark,
    "}",
  ].join("");
}

const entities: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/** Labels come from users. Characters that XML cannot represent are removed. */
function escaped(text: string): string {
  return text
    .replace(/[^\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/gu, "")
    .replace(/[&<>"']/g, (sign) => entities[sign] ?? "");
}
