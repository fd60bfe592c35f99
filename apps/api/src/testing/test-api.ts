import type { AddressInfo } from "node:net";
import { createLog } from "@batonrun/node/log";
import type { Express } from "express";
import { createApp } from "../app.js";
import { readConfig } from "../config.js";
import { connect } from "../connect.js";
import type { ApiDependencies } from "../dependencies.js";
import { closeServer, listen, serverOf } from "../server.js";

export interface TestApi {
  readonly app: Express;
  readonly dependencies: ApiDependencies;
  /** Listens, for what a supertest request cannot do; the address without a slash at its end. */
  listen(): Promise<string>;
  /** As SIGTERM does. */
  stop(): Promise<void>;
}

export interface TestApiOptions {
  readonly redisUrl: string;
  readonly cell: string;
  /** Further variables of the configuration. */
  readonly environment?: Readonly<Record<string, string>>;
}

/** The API as `main.ts` builds it, on a cell of the test's own. */
export async function testApi({ redisUrl, cell, environment = {} }: TestApiOptions): Promise<TestApi> {
  const config = readConfig({
    BATON_REDIS_URL: redisUrl,
    BATON_CELL: cell,
    BATON_PORT: "0",
    BATON_LOG_LEVEL: "silent",
    ...environment,
  });
  const closing = new AbortController();
  const log = createLog({ process: "api", level: config.logLevel });
  const connection = connect({ config, version: "0.0.0-test", log, closing: closing.signal });
  await connection.ready();
  const app = createApp(connection.dependencies);
  const server = serverOf(app);
  return {
    app,
    dependencies: connection.dependencies,
    async listen() {
      if (!server.listening) await listen(server, config);
      // A TCP server's address is an object; a string is for pipes.
      return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    },
    async stop() {
      closing.abort();
      if (server.listening) await closeServer(server, 1_000);
      await connection.close();
    },
  };
}
