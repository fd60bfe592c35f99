import type { ReplyHeaders } from "../reply.js";

const own = [
  "default-src 'none'",
  "script-src 'self'",
  // Both pages set styles on elements; a style can load nothing from elsewhere under this policy.
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "font-src 'self'",
  "connect-src 'self'",
  "base-uri 'self'",
  "form-action 'none'",
  "frame-ancestors 'none'",
];

/** Content Security Policy of the two HTML pages: all resources come from this server. */
export const ownPagePolicy: ReplyHeaders = { "Content-Security-Policy": own.join("; ") };

/** Content Security Policy of all other responses, which are data. */
export const dataPolicy: ReplyHeaders = { "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'" };
