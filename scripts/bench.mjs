/** `npm run bench`: Baton against raw BullMQ on a private Redis. Arguments go to bench/main.ts. */
import { ensureDependencies } from "./dependencies.mjs";
import { ensureRedisBinary } from "./ensure-redis.mjs";
import { fromSource, run, runMain } from "./processes.mjs";

await runMain(async () => {
  ensureDependencies();
  ensureRedisBinary();
  return run(process.execPath, ["--expose-gc", ...fromSource, "bench/main.ts", ...process.argv.slice(2)]);
});
