import mammoth from "mammoth";
import type { Extracted, SourceDocument } from "./extracted.js";
import { fragmentText } from "./html.js";
import { checkZipBudget } from "./zip-budget.js";

const maxUnpackedBytes = 50_000_000;

/** The text of a Word document; it has no pages before something lays it out, so it counts as one. */
export async function extractDocx(source: SourceDocument): Promise<Extracted> {
  checkZipBudget(source.name, source.bytes, maxUnpackedBytes);
  const html = await mammoth.convertToHtml(
    { buffer: Buffer.from(source.bytes) },
    {
      convertImage: noImage,
      styleMap: ["p[style-name='Title'] => h1:fresh"],
    },
  );
  return { ...fragmentText(html.value), pages: 1 };
}

/** Pictures would come as base64 in the text's HTML. */
const noImage = mammoth.images.imgElement(() => Promise.resolve({ src: "" }));
