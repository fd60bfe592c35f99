import type { ReplyHeaders } from "./reply.js";

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

/** The policy of the two pages: everything comes from this server. */
export const ownPagePolicy: ReplyHeaders = { "Content-Security-Policy": own.join("; ") };

/** The policy of everything else, which is data and no page. */
export const dataPolicy: ReplyHeaders = { "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'" };
