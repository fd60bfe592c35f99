import { BatonError, type VersionSummary, type WorkflowVersionView, type WorkflowView } from "@batonrun/contract";
import type { WorkflowDefinition } from "../definition/language.js";
import { graphDrawing } from "../drawing/graph-drawing.js";
import { GRAPH_FORMAT } from "../graph/graph.js";
import type { GraphCache } from "../plan/graph-cache.js";
import type { DefinitionStore, StoredVersion } from "../ports/directory.js";
import type { Page } from "../ports/run-reader.js";
import { isoTime } from "../run/iso-time.js";

/** One workflow with all its versions. Throws `workflow_not_found`. */
export async function readWorkflow(
  { definitions }: { readonly definitions: Pick<DefinitionStore, "versions"> },
  name: string,
): Promise<WorkflowView> {
  const view = workflowView(name, await definitions.versions(name));
  if (view !== null) return view;
  throw new BatonError("workflow_not_found", `There is no workflow "${name}". GET /v1/workflows lists all workflows.`);
}

/** Registered workflows in alphabetical order. */
export async function listWorkflows(
  { definitions }: { readonly definitions: Pick<DefinitionStore, "names" | "versions"> },
  query: { readonly limit: number; readonly cursor?: string },
): Promise<Page<WorkflowView>> {
  const page = await definitions.names(query.limit, query.cursor);
  const views = await Promise.all(page.items.map(async (name) => workflowView(name, await definitions.versions(name))));
  const items = views.filter((view) => view !== null);
  return { items, ...(page.nextCursor !== undefined && { nextCursor: page.nextCursor }) };
}

/** One version with its definition and graph. Throws `workflow_not_found` or `version_not_found`. */
export async function readVersion(
  {
    definitions,
    graphs,
  }: { readonly definitions: Pick<DefinitionStore, "version" | "versions">; readonly graphs: GraphCache },
  { name, version }: { readonly name: string; readonly version: string },
): Promise<WorkflowVersionView & { readonly definition: WorkflowDefinition }> {
  const stored = await definitions.version(name, version);
  if (stored === null) throw await missingVersion(definitions, { name, version });
  const graph = await graphs.find(stored.hash, GRAPH_FORMAT);
  if (graph === null) {
    throw new BatonError("internal", `The definition of ${name}@${version} is not stored.`, { details: { ...stored } });
  }
  return { name, ...versionSummary(stored), definition: graph.definition, graph: graphDrawing(graph) };
}

/** The error for a missing version: the workflow is unknown, or it has only the versions listed in the message. */
export async function missingVersion(
  definitions: Pick<DefinitionStore, "versions">,
  { name, version }: { readonly name: string; readonly version: string },
): Promise<BatonError> {
  const { versions } = await readWorkflow({ definitions }, name);
  const known = versions.map((one) => one.version).slice(0, 20);
  return new BatonError(
    "version_not_found",
    `Workflow "${name}" has no version ${version}. Its versions are ${known.join(", ")}.`,
  );
}

function workflowView(name: string, versions: readonly StoredVersion[]): WorkflowView | null {
  const [latest] = versions;
  return latest === undefined ? null : { name, latest: latest.version, versions: versions.map(versionSummary) };
}

function versionSummary(stored: StoredVersion): VersionSummary {
  return { version: stored.version, hash: stored.hash, createdAt: isoTime(stored.createdAt) };
}
