import { connect, readConfig, type StartedWorker, startWorker, type WorkerConfig } from "@batonrun/worker/engine";
import type { Action, ActionLog } from "../../packages/core/src/actions/define-action.js";
import type { Metrics } from "../../packages/core/src/ports/metrics.js";
import { echo } from "./actions.js";
import type { TestRedis } from "./redis.js";

export interface TestWorkerOptions
  extends Partial<Pick<WorkerConfig, "concurrency" | "secrets" | "lockDurationMs" | "stalledIntervalMs">> {
  readonly metrics?: Metrics;
  readonly log?: ActionLog;
  readonly gateCheckMs?: number;
}

const quiet: ActionLog = { debug: ignore, info: ignore, warn: ignore, error: ignore };

/** A worker in this process, connected as the app connects it. It is not announced. */
export async function startTestWorker(
  { url, keys }: Pick<TestRedis, "url" | "keys">,
  actions: readonly Action[] = [echo],
  options: TestWorkerOptions = {},
): Promise<StartedWorker> {
  const { metrics, log = quiet, gateCheckMs, ...settings } = options;
  const config = { ...readConfig({}), redisUrl: url, cell: keys.tag.slice(1, -1), ...settings };
  const table = new Map(actions.map((action) => [action.name, action]));
  const connection = connect({ config, version: "0.0.0-test", log, actions: table });
  const { engine } = connection.dependencies;
  const worker = await startWorker(
    { ...engine, ...(metrics && { metrics }) },
    { ...config, ...(gateCheckMs !== undefined && { gateCheckMs }) },
  );
  return {
    ...worker,
    close: async (close) => {
      await worker.close(close);
      await connection.close();
    },
  };
}

function ignore(): void {
  return;
}
