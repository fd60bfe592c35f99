import type { QueueMonitor } from "@batonrun/core";
import { createBullBoard } from "@bull-board/api";
import { BullMQAdapter } from "@bull-board/api/bullMQAdapter";
import { ExpressAdapter } from "@bull-board/express";
import express, { type Express, type Handler, type Router } from "express";
import { requireBoardRequest } from "./board-request.js";

export const BOARD_PATH = "/admin/queues";

/** A queue object of BullMQ, opened by core/bullmq. */
export type BoardQueue = ConstructorParameters<typeof BullMQAdapter>[0];

export interface BoardOptions {
  readonly queues: Pick<QueueMonitor, "names">;
  /** Opens a queue for reading, by its name without prefix. */
  readonly openQueue: (name: string) => BoardQueue;
  readonly isReadOnly: boolean;
}

/** Bull Board for the queues of the cell. Queues that appear later are added on the next page view. */
export interface Board {
  readonly router: Router;
  close(): Promise<void>;
}

export function createBoard(options: BoardOptions): Board {
  const adapter = new ExpressAdapter().setBasePath(BOARD_PATH);
  const board = createBullBoard({
    queues: [],
    serverAdapter: adapter,
    options: { uiConfig: { boardTitle: "Baton queues", hideDocsLink: true, showWorkers: false, favIcon } },
  });
  const shown = new Map<string, BoardQueue>();
  const showNewQueues: Handler = async (_request, _response, next) => {
    for (const name of await options.queues.names()) {
      if (shown.has(name)) continue;
      const queue = options.openQueue(name);
      shown.set(name, queue);
      board.addQueue(adapterOf(queue, options.isReadOnly));
    }
    next();
  };
  const router = express.Router();
  router.use(requireBoardRequest(options.isReadOnly), showNewQueues, pages(adapter));
  return {
    router,
    async close() {
      await Promise.all([...shown.values()].map((queue) => queue.close()));
    },
  };
}

/** Bull Board's own logo and icon. */
const favIcon = { default: "static/images/logo.svg", alternative: "static/favicon-32x32.png" };

function adapterOf(queue: BoardQueue, readOnlyMode: boolean): BullMQAdapter {
  const adapter = new BullMQAdapter(queue, { readOnlyMode, description: "" });
  adapter.setFormatter("data", idsOnly);
  adapter.setFormatter("returnValue", () => "The result is stored with the run.");
  adapter.setFormatter("progress", (progress: unknown) => (typeof progress === "number" ? progress : 0));
  return adapter;
}

const SHORT = 200;

/** Job data contains only ids. If it ever contains more, long values are not shown. */
function idsOnly(data: unknown): Readonly<Record<string, unknown>> {
  if (typeof data !== "object" || data === null) return {};
  const shown = Object.entries(data).filter(([, value]) => isShort(value));
  return Object.fromEntries(shown);
}

function isShort(value: unknown): boolean {
  return (
    typeof value === "number" || typeof value === "boolean" || (typeof value === "string" && value.length <= SHORT)
  );
}

/** Removes links to external fonts from Bull Board's page, so that it makes no requests to other sites. */
function pages(adapter: ExpressAdapter): Express {
  // ExpressAdapter types its own application as any.
  const application = adapter.getRouter() as Express & { readonly engines: Readonly<Record<string, ViewEngine>> };
  application.disable("x-powered-by");
  const render = application.engines[".ejs"];
  if (render === undefined)
    throw new Error("Bull Board no longer renders its pages with EJS, the view engine that Baton wraps");
  application.engine("ejs", (path, values, done) => {
    render(path, values, (error, html) => done(error, html?.replaceAll(/<link[^>]+href="https?:[^>]*>/g, "")));
  });
  return application;
}

type ViewEngine = (path: string, values: object, done: (error: unknown, html?: string) => void) => void;
