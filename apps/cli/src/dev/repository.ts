import { existsSync } from "node:fs";
import { join } from "node:path";
import { CliError } from "../cli-error.js";

export interface Redis {
  readonly url: string;
  stop(): Promise<void>;
}

/** What `baton dev` uses from the repository that contains it. */
export interface Repository {
  readonly root: string;
  ensureRedis(): Promise<Redis>;
  /** The first free port from `from` on. */
  freePort(from: number): Promise<number>;
}

/** The scripts of `npm start`, so that both find Redis and ports the same way. An installed CLI has no scripts. */
export async function findRepository(root: string): Promise<Repository> {
  if (!existsSync(join(root, "scripts", "ensure-redis.mjs"))) {
    throw new CliError("`baton dev` runs Baton from source, but this is not a checkout of the repository.");
  }
  const { ensureRedis } = await import("../../../../scripts/ensure-redis.mjs");
  const { freePort } = await import("../../../../scripts/ports.mjs");
  return { root, freePort, ensureRedis: () => ensureRedis(join(root, ".baton", "redis")) };
}
