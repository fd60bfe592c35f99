import { createServer, type RequestListener, type Server } from "node:http";

export interface LocalServer {
  readonly port: number;
  readonly url: string;
  /** How many connections were opened to it. */
  readonly connections: () => number;
  close(): Promise<void>;
}

/** A real HTTP server on a free port; on all interfaces, so that no spelling of "here" misses it. */
export async function startServer(answer: RequestListener, host = "::"): Promise<LocalServer> {
  const server = createServer(answer);
  let connections = 0;
  server.on("connection", () => {
    connections += 1;
  });
  // Where the machine has no IPv6, all interfaces are those of IPv4.
  await listen(server, host).catch(() => listen(server, "0.0.0.0"));
  const port = portOf(server);
  return { port, url: `http://127.0.0.1:${port}`, connections: () => connections, close: () => closeServer(server) };
}

function listen(server: Server, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, host, resolve);
  });
}

function portOf(server: Server): number {
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the server has no port");
  return address.port;
}

async function closeServer(server: Server): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  server.closeAllConnections();
  await closed;
}
