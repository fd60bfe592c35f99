import { Readability } from "@mozilla/readability";
import { parseHTML } from "linkedom";
import { blockText, type DomNode } from "./block-text.js";
import { decodeText } from "./decode-text.js";
import { documentError, type Extracted, type SourceDocument } from "./extracted.js";
import { htmlExcess } from "./html-excess.js";

const maxHtmlBytes = 5_000_000;
/** Below this, what Readability took for the article is a fragment of the page. */
const minArticleLength = 200;

/** The article of a web page, without its navigation, or the whole page where there is no article. */
export function extractHtml(source: SourceDocument): Extracted {
  if (source.bytes.byteLength > maxHtmlBytes) {
    throw documentError("limit", `${source.name} has ${source.bytes.byteLength} bytes; the limit is ${maxHtmlBytes}`);
  }
  const html = decodeText(source);
  const excess = htmlExcess(html);
  if (excess !== undefined) throw documentError("limit", `${source.name} ${excess}`);
  const article = new Readability(parseHTML(wholePage(html)).document).parse();
  const text = articleText(article?.content);
  const page: ParsedPage = parseHTML(wholePage(html)).document;
  const title = article?.title || page.title;
  return { text: text ?? pageText(page), pages: 1, title: title.trim() || undefined };
}

/** The text of HTML that another format was turned into, and its first heading. */
export function fragmentText(html: string): { readonly text: string; readonly title: string | undefined } {
  const page: ParsedPage = parseHTML(wholePage(html)).document;
  const heading = page.querySelector("h1, h2, h3")?.textContent?.replace(/\s+/g, " ").trim();
  return { text: blockText(page.body), title: heading || undefined };
}

interface ParsedPage {
  readonly title: string;
  readonly body: DomNode;
  querySelector(selectors: string): DomNode | null;
  querySelectorAll(selectors: string): Iterable<DomNode & { remove(): void }>;
}

/** linkedom makes no `html` and no `body` where there are none. */
function wholePage(html: string): string {
  return /<body[\s>]/i.test(html) ? html : `<!doctype html><html><body>${html}</body></html>`;
}

function articleText(content: string | null | undefined): string | undefined {
  if (content === null || content === undefined) return undefined;
  const { text } = fragmentText(content);
  return text.length < minArticleLength ? undefined : text;
}

function pageText(page: ParsedPage): string {
  for (const element of page.querySelectorAll("nav, header, footer, aside, form")) element.remove();
  return blockText(page.body);
}
