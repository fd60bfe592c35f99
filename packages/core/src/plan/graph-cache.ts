import { BatonError, type DefinitionHash } from "@batonrun/contract";
import { LRUCache } from "lru-cache";
import { compileGraph } from "../graph/compile.js";
import { GRAPH_FORMAT, type Graph } from "../graph/graph.js";
import type { KindLanguage } from "../kinds/kind.js";
import { batonLanguage } from "../kinds/language.js";
import type { DefinitionStore } from "../ports/directory.js";
import type { RunRecord } from "../run/stored.js";

const CAPACITY = 500;

/**
 * Compiled graphs by definition hash, the least recently used one going first.
 *
 * GC1 a graph of another format is never given, whatever the store holds.
 * GC2 callers that ask for the same hash at once share one load; a failed load is not kept.
 */
export class GraphCache {
  /** The kinds of step that the graphs are made with. */
  readonly language: KindLanguage;
  readonly #loads: LRUCache<DefinitionHash, Promise<Graph | null>>;

  constructor(
    definitions: Pick<DefinitionStore, "get">,
    {
      capacity = CAPACITY,
      language = batonLanguage,
    }: { readonly capacity?: number; readonly language?: KindLanguage } = {},
  ) {
    this.language = language;
    this.#loads = new LRUCache({ max: capacity, memoMethod: (hash) => load({ definitions, language }, hash) });
  }

  /** Null when this process does not know the format, or when nobody stored the definition. One round trip at most. */
  async find(hash: DefinitionHash, format: number): Promise<Graph | null> {
    if (format !== GRAPH_FORMAT) return null;
    try {
      const graph = await this.#loads.memo(hash);
      if (graph === null) this.#loads.delete(hash);
      return graph;
    } catch (error) {
      this.#loads.delete(hash);
      throw error;
    }
  }
}

async function load(
  { definitions, language }: { readonly definitions: Pick<DefinitionStore, "get">; readonly language: KindLanguage },
  hash: DefinitionHash,
): Promise<Graph | null> {
  const text = await definitions.get(hash);
  return text === null ? null : compileGraph(language.workflow.parse(JSON.parse(text)), language);
}

/** The graph that a run was started with. */
export async function loadGraph(
  { graphs }: { readonly graphs: GraphCache },
  run: Pick<RunRecord, "id" | "definition" | "format">,
): Promise<Graph> {
  const graph = await graphs.find(run.definition, run.format);
  if (graph !== null) return graph;
  throw new BatonError("internal", "The run's definition has a graph format that this process does not support.", {
    details: { run: run.id, definition: run.definition, format: run.format, knownFormat: GRAPH_FORMAT },
  });
}
