import { BatonError } from "@batonrun/contract";
import type { Request, RequestHandler } from "express";
import { ownPagePolicy } from "../http/site/page-policy.js";

/**
 * BR1 In read-only mode, every unsafe method is refused before Bull Board handles it.
 * BR2 Otherwise, an unsafe request must come from the board's own page: browsers send `Origin` or
 *    `Sec-Fetch-Site`, which forms of other sites cannot forge.
 * BR3 Its body, if any, must be JSON, which no form can send.
 */
export function requireBoardRequest(isReadOnly: boolean): RequestHandler {
  return (request, response, next) => {
    response.set({ ...ownPagePolicy });
    if (request.method === "GET" || request.method === "HEAD") return next();
    if (isReadOnly) {
      response.set("Allow", "GET, HEAD");
      throw new BatonError(
        "method_not_allowed",
        "The board is read-only. Set BATON_BOARD_READ_ONLY to false to allow changes.",
      );
    }
    if (!isOwnPage(request))
      throw new BatonError("host_not_allowed", "Only requests from the board's own page can change queues.");
    if (hasBody(request) && request.is("application/json") === false) {
      throw new BatonError("unsupported_media_type", "The board accepts JSON only.");
    }
    return next();
  };
}

function isOwnPage(request: Request): boolean {
  if (request.get("sec-fetch-site") === "same-origin") return true;
  const origin = request.get("origin");
  return origin !== undefined && URL.canParse(origin) && new URL(origin).host === request.get("host");
}

function hasBody(request: Request): boolean {
  return request.headers["transfer-encoding"] !== undefined || (request.headers["content-length"] ?? "0") !== "0";
}
