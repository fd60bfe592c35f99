import { readdirSync } from "node:fs";
import { type Command, Pipeline, Redis } from "ioredis";
import { loadScript } from "../packages/core/src/redis/script.js";

/** Round trips of this process since it began counting. A pipeline is one; commands on the pipeline are not counted. */
export interface RoundTrips {
  readonly all: number;
  /** By the name of Baton's script, `settle-step`. */
  readonly byScript: ReadonlyMap<string, number>;
}

export interface RoundTripCounter {
  read(): RoundTrips;
  /** Leaves ioredis as it was. */
  stop(): void;
}

/** Commands of the bench itself. */
const own = new Set(["info", "flushall", "config", "xtrim", "quit"]);

/** Counts what all ioredis clients of this process send, from now on. */
export function countRoundTrips(): RoundTripCounter {
  const names = scriptNames();
  const byScript = new Map<string, number>();
  let all = 0;
  const send = Redis.prototype.sendCommand;
  Redis.prototype.sendCommand = function countingSend(this: Redis, command: Command, stream?: Stream) {
    if (stream === undefined && !own.has(command.name)) {
      all += 1;
      const script = command.name === "evalsha" ? names.get(String(command.args[0])) : undefined;
      if (script !== undefined) byScript.set(script, (byScript.get(script) ?? 0) + 1);
    }
    return send.call(this, command, stream);
  };
  const exec = Pipeline.prototype.exec;
  Pipeline.prototype.exec = function countingExec(this: Pipeline, ...args: Parameters<typeof exec>) {
    all += 1;
    return exec.apply(this, args);
  };
  return {
    read: () => ({ all, byScript: new Map(byScript) }),
    stop: () => {
      Redis.prototype.sendCommand = send;
      Pipeline.prototype.exec = exec;
    },
  };
}

/** What a pipeline hands to `sendCommand`, so that its commands are written together. */
type Stream = Parameters<typeof Redis.prototype.sendCommand>[1];

function scriptNames(): ReadonlyMap<string, string> {
  const folder = new URL("../packages/core/src/redis/lua/", import.meta.url);
  const files = readdirSync(folder).filter((file) => file.endsWith(".lua"));
  const names = files.map((file) => file.slice(0, -".lua".length));
  return new Map(names.map((name) => [loadScript(name).sha, name]));
}
