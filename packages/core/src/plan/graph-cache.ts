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
 * Compiled graphs by definition hash, with least recently used eviction.
 *
 * GC1 A graph of another format is never returned, whatever the store contains.
 * GC2 Concurrent callers for the same hash share one load. A failed load is not cached.
 */
export class GraphCache {
  /** The step kinds that the graphs are compiled with. */
  readonly language: KindLanguage;
  readonly #definitions: Pick<DefinitionStore, "get">;
  readonly #loads: LRUCache<DefinitionHash, Promise<Graph | null>>;

  constructor(
    definitions: Pick<DefinitionStore, "get">,
    {
      capacity = CAPACITY,
      language = batonLanguage,
    }: { readonly capacity?: number; readonly language?: KindLanguage } = {},
  ) {
    this.language = language;
    this.#definitions = definitions;
    this.#loads = new LRUCache({ max: capacity });
  }

  /** Null if this process does not support the format, or if the definition is not stored. At most one round trip. */
  async find(hash: DefinitionHash, format: number): Promise<Graph | null> {
    if (format !== GRAPH_FORMAT) return null;
    try {
      // Asked for once per step: a hit must cost next to nothing.
      const graph = await (this.#loads.get(hash) ?? this.#load(hash));
      if (graph === null) this.#loads.delete(hash);
      return graph;
    } catch (error) {
      this.#loads.delete(hash);
      throw error;
    }
  }

  #load(hash: DefinitionHash): Promise<Graph | null> {
    const loading = this.#compile(hash);
    this.#loads.set(hash, loading);
    return loading;
  }

  async #compile(hash: DefinitionHash): Promise<Graph | null> {
    const text = await this.#definitions.get(hash);
    return text === null ? null : compileGraph(this.language.workflow.parse(JSON.parse(text)), this.language);
  }
}

/** The graph of a run. */
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
