import { BatonError } from "@batonrun/contract";
import type { Request } from "express";

/**
 * What `?format=` names; else the best of the media types on offer by the Accept header, the first one where the
 * client has no preference.
 */
export function negotiate(request: Request, offers: Readonly<Record<string, string>>): string {
  const format: unknown = request.query["format"];
  const named = typeof format === "string" ? offers[format] : undefined;
  if (named !== undefined) return named;
  const mediaTypes = Object.values(offers);
  const chosen = request.accepts(mediaTypes);
  if (chosen === false) {
    throw new BatonError("not_acceptable", `This route can return ${mediaTypes.join(", ")}.`, {
      details: { offers: mediaTypes },
    });
  }
  return chosen;
}
