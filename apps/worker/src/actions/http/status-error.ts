import { ActionError } from "@batonrun/core/actions";
import type { IncomingResponse } from "./guarded-fetch.js";

/** What a status outside 200 to 299 means for the step; undefined when the answer is a success. */
export function statusError(response: IncomingResponse): ActionError | undefined {
  const { status, url } = response;
  if (status >= 200 && status < 300) return undefined;
  const excerpt = Buffer.from(response.bytes).toString("utf8", 0, 500);
  return new ActionError(`${new URL(url).origin} returned status ${status}`, {
    type: status === 429 ? "rate_limited" : "http_status",
    retryable: status >= 500 || retryableStatuses.has(status),
    details: { status, url, retryAfter: response.headers["retry-after"], body: excerpt },
  });
}

/** Request Timeout, Too Early, Too Many Requests: the same request may succeed later. */
const retryableStatuses: ReadonlySet<number> = new Set([408, 425, 429]);
