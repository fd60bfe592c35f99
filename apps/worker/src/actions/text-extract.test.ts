import { mkdir, mkdtemp, readFile, realpath, rm, symlink, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { deflateRawSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { attempt } from "./testing/attempt.js";
import { type LocalServer, startServer } from "./testing/local-server.js";
import { textExtract } from "./text-extract.js";

const documents = fileURLToPath(new URL("../../../../examples/document-analysis/documents/", import.meta.url));

let root: string;
let outside: string;

beforeAll(async () => {
  const base = await realpath(await mkdtemp(path.join(os.tmpdir(), "extract-")));
  root = path.join(base, "root");
  outside = path.join(base, "outside");
  await mkdir(path.join(root, "deep"), { recursive: true });
  await mkdir(outside);
  await writeFile(path.join(outside, "secret.txt"), "secret");
  await symlink(path.join(outside, "secret.txt"), path.join(root, "link.txt"));
  await symlink(outside, path.join(root, "linked-directory"));
  await writeFile(path.join(root, "deep", "note.txt"), "Hello there.\r\nSecond line.");
  await symlink(path.join(root, "deep", "note.txt"), path.join(root, "inner-link.txt"));
});

afterAll(() => rm(path.dirname(root), { recursive: true }));

const extractFrom = (...roots: string[]) => textExtract({ roots, allowPrivate: [] });
const extract = (document: string, more: object = {}): Promise<unknown> =>
  attempt(extractFrom(root), { document, ...more });
const put = (name: string, content: string | Uint8Array): Promise<void> => writeFile(path.join(root, name), content);

describe("text.extract, formats", () => {
  test("reads a PDF in paragraphs, without the running lines of its pages", async () => {
    const fractions: number[] = [];
    const context = { progress: (fraction: number) => void fractions.push(fraction) };
    const result = await attempt(extractFrom(documents), { document: "atlantic-cable.pdf" }, context);
    expect(result).toMatchObject({
      format: "pdf",
      pages: 3,
      title: "The Atlantic Cable, 1857 to 1866",
      truncated: false,
    });
    expect(result).toHaveProperty(
      "text",
      expect.stringContaining("\n\nA quarrel about physics\n\nA submarine cable is a long"),
    );
    expect(result).toHaveProperty("text", expect.not.stringMatching(/Page \d of|1866\s+(Three|In July)/));
    expect(fractions).toEqual([1 / 3, 2 / 3, 1]);
  });

  test("reads the article of a web page, without its navigation", async () => {
    const result = await attempt(extractFrom(documents), { document: "lighthouse-lens.html" });
    expect(result).toMatchObject({ format: "html", pages: 1, title: "How a lighthouse lens bends its light" });
    expect(result).toHaveProperty("text", expect.stringContaining("Third | 500 mm | Bays and sounds"));
    expect(result).toHaveProperty(
      "text",
      expect.not.stringMatching(/cookies|Boats for sale|newsletter|dinghy|analytics/),
    );
  });

  test("reads a Word document with its tables", async () => {
    const result = await attempt(extractFrom(documents), { document: "tacoma-narrows.docx" });
    expect(result).toMatchObject({ format: "docx", title: "The bridge that danced: Tacoma Narrows, 1940" });
    expect(result).toHaveProperty("text", expect.stringContaining("Depth to span | 1 to 112 | 1 to 350"));
  });

  test("reads Markdown as the text it shows", async () => {
    await put(
      "a.md",
      "---\ntags: [x]\n---\n# Title\n\nSome *plain* [link](http://x.example).\n\n- one\n- two\n\n<script>bad()</script>\n",
    );
    expect(await extract("a.md")).toMatchObject({
      format: "markdown",
      title: "Title",
      text: "Title\n\nSome plain link.\n\none\n\ntwo",
    });
  });

  test("reads plain text, and falls back to its name for a title", async () => {
    expect(await extract("deep/note.txt")).toMatchObject({
      format: "text",
      title: "note.txt",
      text: "Hello there.\nSecond line.",
    });
  });

  test.each([
    ["utf16.txt", Buffer.from("\ufeffcafé", "utf16le")],
    ["latin.txt", Buffer.from("café", "latin1")],
    ["utf8.txt", Buffer.from("\ufeffcafé")],
  ])("finds out the encoding of %s", async (name, content) => {
    await put(name, content);
    expect(await extract(name)).toMatchObject({ text: "café" });
  });

  test("reads short pages and pages without an article whole", async () => {
    await put("short.html", "<p>One.</p><p>Two<br>three.</p><nav>Menu</nav>");
    expect(await extract("short.html")).toMatchObject({ text: "One.\n\nTwo\nthree." });
  });

  test("uses the given format", async () => {
    await put("page.txt", "<p>Hello <b>you</b>.</p>");
    expect(await extract("page.txt", { format: "html" })).toMatchObject({ text: "Hello you." });
  });
});

describe("text.extract, documents that can't be read", () => {
  test("says which, why, and that trying again is useless", async () => {
    const pdf = await readFile(path.join(documents, "atlantic-cable.pdf"));
    const docx = await readFile(path.join(documents, "tacoma-narrows.docx"));
    const cases: [string, Uint8Array | string, string][] = [
      ["empty.txt", " \n ", "empty_document"],
      ["empty.html", "<html><body><script>x</script></body></html>", "empty_document"],
      ["broken.pdf", "%PDF-1.7\nnothing", "corrupt_document"],
      ["scrambled.pdf", Buffer.concat([pdf.subarray(0, 60), Buffer.alloc(4_000, 7)]), "corrupt_document"],
      ["claims.pdf", "just text", "corrupt_document"],
      ["broken.docx", docx.subarray(0, 9_000), "corrupt_document"],
      ["cut.docx", docx.subarray(0, docx.length - 40), "corrupt_document"],
      ["archive.zip", zipOf("data.xml", Buffer.from("<a/>")), "unsupported_format"],
      ["old.doc", Buffer.from([0xd0, 0xcf, 0x11, 0xe0, 0, 0]), "unsupported_format"],
      ["image.png", Buffer.from([0x89, 0x50, 0x4e, 0x47, 0, 0, 0]), "unsupported_format"],
      ["binary.txt", Buffer.from([1, 0, 2, 0]), "unsupported_format"],
      ["bomb.docx", zipOf("word/document.xml", Buffer.alloc(51_000_000, 32)), "limit"],
      ["deep.html", "<div>".repeat(60_000), "limit"],
      ["wide.html", "<i>x</i>".repeat(60_000), "limit"],
    ];
    for (const [name, content, type] of cases) {
      await put(name, content);
      const error = await extract(name).catch((caught: unknown) => caught);
      expect(error, name).toMatchObject({ type, retryable: false, message: expect.stringContaining(name) });
    }
  });

  test("refuses a text that no result can hold, or keeps its beginning when asked to", async () => {
    await put("long.txt", "wörd ".repeat(250_000));
    await expect(extract("long.txt")).rejects.toMatchObject({ type: "limit", retryable: false });
    const result = await extract("long.txt", { truncate: true });
    expect(result).toMatchObject({ truncated: true, characters: 1_249_999 });
    expect(Buffer.byteLength(JSON.stringify(result))).toBeLessThan(1_000_000);
    expect(result).toHaveProperty("text", expect.stringMatching(/wörd$/));
  });
});

describe("text.extract, documents made to take long", () => {
  test.each([
    ["name.html", `<${"a".repeat(2_000_000)}`],
    ["attributes.html", `<a ${" x".repeat(1_000_000)}`],
    ["angles.html", "<a".repeat(1_000_000)],
    ["pre.html", `<pre>x${" ".repeat(1_000_000)}y</pre>`],
    ["spaces.txt", `x${" ".repeat(1_200_000)}y`],
    ["rule.md", `---\n${"\r\n".repeat(300_000)}x`],
    ["brackets.md", "[".repeat(3_000)],
  ])("reads or refuses %s without holding up the worker", async (name, content) => {
    await put(name, content);
    const started = performance.now();
    await extract(name, { truncate: true }).catch((error: unknown) =>
      expect(error).toMatchObject({ retryable: false }),
    );
    expect(performance.now() - started).toBeLessThan(3_000);
  });
});

describe("text.extract, paths", () => {
  test("refuses what lies outside its roots, links followed, whether it exists or not", async () => {
    const paths = [
      "../outside/secret.txt",
      "deep/../../outside/secret.txt",
      "../nothing.txt",
      path.join(outside, "secret.txt"),
      "/etc/passwd",
      "link.txt",
      "linked-directory/secret.txt",
      "a\0.txt",
      "file:///etc/passwd",
      `${root}-else/x.txt`,
      "..",
    ];
    for (const document of paths) {
      const error = await extract(document).catch((caught: unknown) => caught);
      expect(error, document).toMatchObject({ type: "blocked_path", retryable: false });
    }
  });

  test("reads absolute paths and links that stay inside", async () => {
    expect(await extract(path.join(root, "deep", "note.txt"))).toMatchObject({ format: "text" });
    expect(await extract("inner-link.txt")).toMatchObject({ format: "text" });
  });

  test("looks for a relative path in each root in turn", async () => {
    expect(await attempt(extractFrom(root, outside), { document: "secret.txt" })).toMatchObject({ text: "secret" });
    expect(await attempt(extractFrom(root, outside), { document: "link.txt" })).toMatchObject({ text: "secret" });
  });

  test("says when there is no such document, or it is a directory", async () => {
    await expect(extract("missing.pdf")).rejects.toMatchObject({ type: "not_found", retryable: false });
    await expect(extract("deep")).rejects.toMatchObject({ type: "not_found", retryable: false });
  });
});

describe("text.extract, URLs", () => {
  let server: LocalServer;

  beforeAll(async () => {
    server = await startServer((request, response) => {
      if (request.url === "/gone.pdf") response.writeHead(404).end();
      else if (request.url === "/busy") response.writeHead(503).end();
      else
        response
          .setHeader("content-type", "text/html; charset=iso-8859-1")
          .end(Buffer.from("<p>Caf\u00e9 society.</p>", "latin1"));
    }, "127.0.0.1");
  });

  afterAll(() => server.close());

  test("reads what a server sends, by its content type", async () => {
    const action = textExtract({ roots: [root], allowPrivate: ["127.0.0.1"] });
    const result = await attempt(action, { document: `${server.url}/page` });
    expect(result).toMatchObject({ format: "html", text: "Café society.", title: "page" });
  });

  test("fails as http.request does", async () => {
    const action = textExtract({ roots: [root], allowPrivate: ["127.0.0.1"] });
    await expect(attempt(action, { document: `${server.url}/gone.pdf` })).rejects.toMatchObject({
      type: "http_status",
      retryable: false,
    });
    await expect(attempt(action, { document: `${server.url}/busy` })).rejects.toMatchObject({
      type: "http_status",
      retryable: true,
    });
    await expect(extract(server.url)).rejects.toMatchObject({ type: "blocked_address", retryable: false });
  });
});

/** A ZIP archive of one entry, as small as the format allows. */
function zipOf(name: string, content: Buffer): Buffer {
  const packed = deflateRawSync(content);
  const local = Buffer.alloc(30);
  local.writeUInt32LE(0x04034b50, 0);
  local.writeUInt16LE(8, 8);
  local.writeUInt16LE(name.length, 26);
  const entry = Buffer.alloc(46);
  entry.writeUInt32LE(0x02014b50, 0);
  entry.writeUInt16LE(8, 10);
  entry.writeUInt32LE(packed.length, 20);
  entry.writeUInt32LE(1, 24);
  entry.writeUInt16LE(name.length, 28);
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(1, 10);
  end.writeUInt32LE(30 + name.length + packed.length, 16);
  return Buffer.concat([local, Buffer.from(name), packed, entry, Buffer.from(name), end]);
}
