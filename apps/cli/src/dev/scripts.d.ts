/** What `baton dev` imports from the scripts of the repository, which are JavaScript. */
declare module "*/scripts/ensure-redis.mjs" {
  export function ensureRedis(directory: string): Promise<{ readonly url: string; stop(): Promise<void> }>;
}

declare module "*/scripts/ports.mjs" {
  /** The first free port, counting up from `from`. */
  export function freePort(from: number): Promise<number>;
}
