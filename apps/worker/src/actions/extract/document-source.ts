import path from "node:path";
import type { GuardedFetch } from "../http/guarded-fetch.js";
import { statusError } from "../http/status-error.js";
import { readConfinedFile } from "./confined-file.js";
import { documentError, type SourceDocument } from "./extracted.js";

export interface DocumentSource {
  read(document: string, signal: AbortSignal): Promise<SourceDocument>;
}

/** Larger documents take so much memory and time that they would disturb the worker's other steps. */
const maxDocumentBytes = 20_000_000;

/** Documents by URL, over the guarded fetch, and by path, from the given directories. */
export function createDocumentSource(fetch: GuardedFetch, roots: readonly string[]): DocumentSource {
  return {
    read: async (document, signal) => {
      if (/^https?:\/\//i.test(document)) return await download(fetch, document, signal);
      if (/^[a-z][a-z0-9+.-]+:/i.test(document)) {
        throw documentError("blocked_path", `${document} is neither a path nor an http or https URL`);
      }
      return { bytes: await readConfinedFile(document, roots, maxDocumentBytes), name: path.basename(document) };
    },
  };
}

async function download(fetch: GuardedFetch, url: string, signal: AbortSignal): Promise<SourceDocument> {
  const response = await fetch({
    url,
    method: "GET",
    headers: { "user-agent": "baton", accept: "*/*" },
    signal,
    followRedirects: true,
    maxBytes: maxDocumentBytes,
  });
  const error = statusError(response);
  if (error !== undefined) throw error;
  const { pathname, hostname } = new URL(response.url);
  const name = path.posix.basename(pathname) || hostname;
  const contentType = response.headers["content-type"];
  return { bytes: response.bytes, name, ...(contentType === undefined ? {} : { contentType }) };
}
