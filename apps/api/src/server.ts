import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";

export interface ServerTimeouts {
  /** For all headers. */
  readonly headersMs: number;
  /** For the whole request; the answer may take as long as it likes. */
  readonly requestMs: number;
  /** How often both are looked at. */
  readonly checkMs: number;
}

const timeouts: ServerTimeouts = { headersMs: 10_000, requestMs: 30_000, checkMs: 5_000 };

/** Above the 60 s of common proxies, so that they and not this server close an idle connection. */
const KEEP_ALIVE_MS = 65_000;
const MAX_HEADER_BYTES = 16_384;

/** A server that cuts clients which are slow on purpose. */
export function serverOf(app: RequestListener, { headersMs, requestMs, checkMs } = timeouts): Server {
  return createServer(
    {
      maxHeaderSize: MAX_HEADER_BYTES,
      keepAliveTimeout: KEEP_ALIVE_MS,
      headersTimeout: headersMs,
      requestTimeout: requestMs,
      connectionsCheckingInterval: checkMs,
    },
    app,
  );
}

/** Resolves with the port once the server listens. */
export function listen(
  server: Server,
  { host, port }: { readonly host: string; readonly port: number },
): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, host, () => {
      server.off("error", reject);
      // A TCP server's address is an object; a string is for pipes.
      const address = server.address() as AddressInfo;
      resolve(address.port);
    });
  });
}

/** How often to close connections that became idle after the server stopped accepting; Node closes only those that already were. */
const IDLE_SWEEP_MS = 50;

/** Stops accepting connections, waits for open requests, and closes the remaining ones after the grace period. */
export async function closeServer(server: Server, graceMs: number): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  const sweep = setInterval(() => server.closeIdleConnections(), IDLE_SWEEP_MS);
  const cut = setTimeout(() => server.closeAllConnections(), graceMs);
  await closed;
  clearInterval(sweep);
  clearTimeout(cut);
}
