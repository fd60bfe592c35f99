/** The little of the DOM that is read here; linkedom's own types lean on the browser's, which Node has not. */
export interface DomNode {
  readonly nodeType: number;
  readonly nodeName: string;
  readonly textContent: string | null;
  readonly childNodes: ArrayLike<DomNode>;
}

/** The text of a piece of HTML: a paragraph for each block, for each row of a table its cells apart by ` | `. */
export function blockText(root: DomNode): string {
  const blocks: string[] = [];
  let open = "";
  const close = (): void => {
    const block = open
      .split("\n")
      .map((line) => line.trim())
      .join("\n")
      .trim();
    if (block !== "") blocks.push(block);
    open = "";
  };
  const visit = (node: DomNode): void => {
    const name = node.nodeName.toUpperCase();
    if (unread.has(name)) return;
    if (blockNames.has(name)) close();
    if (node.nodeType === textNode) open += (node.textContent ?? "").replace(/\s+/g, " ");
    else if (name === "TR") open += rowText(node);
    else if (name === "PRE") open += node.textContent ?? "";
    else if (name === "BR") open += "\n";
    else for (const child of Array.from(node.childNodes)) visit(child);
    if (blockNames.has(name)) close();
  };
  for (const child of Array.from(root.childNodes)) visit(child);
  close();
  return blocks.join("\n\n");
}

function rowText(row: DomNode): string {
  const cells = Array.from(row.childNodes).filter((node) => /^t[dh]$/i.test(node.nodeName));
  return cells.map((cell) => blockText(cell).replace(/\s+/g, " ")).join(" | ");
}

const textNode = 3;
const unread: ReadonlySet<string> = new Set([
  "SCRIPT",
  "STYLE",
  "NOSCRIPT",
  "TEMPLATE",
  "SVG",
  "IFRAME",
  "BUTTON",
  "HEAD",
]);
const blockNames: ReadonlySet<string> = new Set(
  `ADDRESS ARTICLE ASIDE BLOCKQUOTE BODY CAPTION DD DETAILS DIV DL DT FIELDSET FIGCAPTION FIGURE FOOTER FORM H1 H2 H3 H4 H5
  H6 HEADER HR HTML LI MAIN NAV OL P PRE SECTION SUMMARY TABLE TBODY TFOOT THEAD TR UL`.split(/\s+/),
);
