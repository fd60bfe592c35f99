import { z } from "zod";

/** `Prefer: wait=10` (RFC 7240): how many seconds, or undefined. Other preferences are not ours and are left alone. */
export const Prefer = z.string().transform((header) => {
  const wait = header
    .split(",")
    .map((each) => /^\s*wait\s*=\s*"?([0-9]{1,6})"?\s*(;|$)/i.exec(each)?.[1])
    .find((seconds) => seconds !== undefined);
  return wait === undefined ? undefined : Number(wait);
});
