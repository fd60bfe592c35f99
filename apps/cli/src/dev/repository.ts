import { existsSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { z } from "zod";
import { CliError } from "../cli-error.js";

export interface Redis {
  readonly url: string;
  stop(): Promise<void>;
}

/** What `baton dev` uses of the repository that it stands in. */
export interface Repository {
  readonly root: string;
  ensureRedis(): Promise<Redis>;
  /** The first free port from `from` on. */
  freePort(from: number): Promise<number>;
}

type Ensure = (directory: string) => Promise<Redis>;
type Find = (from: number) => Promise<number>;

const RedisScript = z.object({ ensureRedis: z.custom<Ensure>((value) => typeof value === "function") });
const PortScript = z.object({ freePort: z.custom<Find>((value) => typeof value === "function") });

/** The scripts of `npm start`, so that both find Redis in the same way. */
export async function findRepository(root: string): Promise<Repository> {
  const scripts = join(root, "scripts");
  if (!existsSync(join(scripts, "ensure-redis.mjs"))) {
    throw new CliError("`baton dev` runs Baton from source, but this is not a checkout of the repository.");
  }
  const load = (name: string): Promise<unknown> => import(pathToFileURL(join(scripts, name)).href);
  const { ensureRedis } = RedisScript.parse(await load("ensure-redis.mjs"));
  const { freePort } = PortScript.parse(await load("ports.mjs"));
  return { root, freePort, ensureRedis: () => ensureRedis(join(root, ".baton", "redis")) };
}
