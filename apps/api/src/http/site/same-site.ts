import { BatonError } from "@batonrun/contract";
import type { Request, RequestHandler } from "express";

export interface SiteOptions {
  /** The API listens on loopback only: names that rebind to it are refused. */
  readonly isLoopback: boolean;
  /** Additional host names (without port) that requests may use. */
  readonly allowedHosts: readonly string[];
}

const LOOPBACK_NAMES: ReadonlySet<string> = new Set(["localhost", "127.0.0.1", "[::1]"]);
const SAFE_METHODS: ReadonlySet<string> = new Set(["GET", "HEAD", "OPTIONS"]);

/**
 * SS1 Listening on loopback, a Host that is not a name of loopback is refused: a page whose name was rebound to 127.0.0.1 sends its own.
 * SS2 An Origin that is neither the Host itself nor allowed is refused for every method that changes something, and on loopback for all.
 * SS3 A browser that says `Sec-Fetch-Site: cross-site` may not change anything, whatever else it says.
 */
export function requireSameSite(options: SiteOptions): RequestHandler {
  const mayBeCalled = (name: string): boolean =>
    options.allowedHosts.includes(name) || (options.isLoopback && LOOPBACK_NAMES.has(name));
  const isChecked = options.isLoopback || options.allowedHosts.length > 0;
  return (request, _response, next) => {
    const host = request.get("host") ?? "";
    if (isChecked && !mayBeCalled(nameOf(host))) throw refused("Host", host, ALLOW);
    const origin = request.get("origin");
    const isStrict = options.isLoopback || !SAFE_METHODS.has(request.method);
    if (origin !== undefined && isStrict && !isOwnOrigin(origin, host, options)) throw refused("Origin", origin, ALLOW);
    if (isForeignWrite(request)) throw refused("Sec-Fetch-Site", "cross-site");
    next();
  };
}

function isOwnOrigin(origin: string, host: string, options: SiteOptions): boolean {
  if (!URL.canParse(origin)) return false;
  const url = new URL(origin);
  return url.host === host.toLowerCase() || options.allowedHosts.includes(nameOf(url.host));
}

function isForeignWrite(request: Request): boolean {
  return !SAFE_METHODS.has(request.method) && request.get("sec-fetch-site") === "cross-site";
}

/** Advice for a name that the setting can allow. It does not apply to `Sec-Fetch-Site`. */
const ALLOW = " To allow it, add its host to BATON_ALLOWED_HOSTS.";

/** The host without its port. */
function nameOf(host: string): string {
  return host.toLowerCase().replace(/:[0-9]*$/, "");
}

function refused(header: string, value: string, advice = ""): BatonError {
  return new BatonError(
    "host_not_allowed",
    `${header} "${value.slice(0, 100)}" is not allowed by this server.${advice}`,
  );
}
