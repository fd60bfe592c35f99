import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";

const HEADERS_TIMEOUT_MS = 10_000;
const REQUEST_TIMEOUT_MS = 30_000;
/** Above the 60 s of common proxies, so that they and not this server close an idle connection. */
const KEEP_ALIVE_TIMEOUT_MS = 65_000;
const MAX_HEADER_BYTES = 16_384;

/** A server with limits on slow clients: headers in 10 s, the whole request in 30 s. Answers may take as long as they like. */
export function serverOf(app: RequestListener): Server {
  const server = createServer({ maxHeaderSize: MAX_HEADER_BYTES, keepAlive: true }, app);
  server.headersTimeout = HEADERS_TIMEOUT_MS;
  server.requestTimeout = REQUEST_TIMEOUT_MS;
  server.keepAliveTimeout = KEEP_ALIVE_TIMEOUT_MS;
  return server;
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

/** How often connections are looked at that became idle after the server stopped accepting: Node closes only those that were before. */
const IDLE_SWEEP_MS = 50;

/** Stops accepting, lets requests at work end, and cuts what is left after the grace. */
export async function closeServer(server: Server, graceMs: number): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  const sweep = setInterval(() => server.closeIdleConnections(), IDLE_SWEEP_MS);
  const cut = setTimeout(() => server.closeAllConnections(), graceMs);
  await closed;
  clearInterval(sweep);
  clearTimeout(cut);
}
