import { ActionError } from "@batonrun/core/actions";

/** A document as it came: nothing is known of its content yet. */
export interface SourceDocument {
  readonly bytes: Uint8Array;
  /** The last part of its path or URL. */
  readonly name: string;
  /** What a server said it is. */
  readonly contentType?: string;
}

export interface Extracted {
  /** Paragraphs apart by a blank line. */
  readonly text: string;
  readonly pages: number;
  readonly title?: string | undefined;
}

export type DocumentErrorType =
  | "not_found"
  | "blocked_path"
  | "unsupported_format"
  | "corrupt_document"
  | "encrypted_document"
  | "empty_document"
  | "limit";

/** A document stays what it is however often one tries. */
export function documentError(type: DocumentErrorType, message: string, cause?: unknown): ActionError {
  return new ActionError(message, { type, retryable: false, ...(cause === undefined ? {} : { cause }) });
}
