import type { SourceDocument } from "./extracted.js";

/** Decodes by the byte order mark, else the declared charset, else UTF-8, else as Windows does in the west. */
export function decodeText(source: SourceDocument): string {
  const { bytes } = source;
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return decode(bytes, "utf-16le") ?? "";
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return decode(bytes, "utf-16be") ?? "";
  const charset = declaredCharset(source);
  const declared = charset === undefined ? undefined : decode(bytes, charset);
  return declared ?? decode(bytes, "utf-8") ?? decode(bytes, "windows-1252") ?? "";
}

function declaredCharset(source: SourceDocument): string | undefined {
  const head = Buffer.from(source.bytes.subarray(0, 2048)).toString("latin1");
  const inMeta = /<meta[^>]{0,200}charset=["']?([a-z0-9_-]+)/i.exec(head)?.[1];
  return /charset="?([^";\s]+)/i.exec(source.contentType ?? "")?.[1] ?? inMeta;
}

function decode(bytes: Uint8Array, charset: string): string | undefined {
  try {
    return new TextDecoder(charset, { fatal: true }).decode(bytes);
  } catch {
    // An unknown charset, or bytes that aren't in it: the next candidate is tried.
    return undefined;
  }
}
