import { Deployment, StatefulSet } from "kubernetes-models/apps/v1";
import { NetworkPolicy } from "kubernetes-models/networking.k8s.io/v1";
import { PodDisruptionBudget } from "kubernetes-models/policy/v1";
import { Namespace, Service } from "kubernetes-models/v1";

export interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string };
  readonly spec?: unknown;
}

/** The published schema of each kind that Baton's manifests use. */
const models: Readonly<Record<string, { readonly prototype: { validate(): void } }>> = {
  Deployment,
  Namespace,
  NetworkPolicy,
  PodDisruptionBudget,
  Service,
  StatefulSet,
};

/**
 * What Kubernetes' schemas say against a manifest. They let unknown fields pass, which a cluster drops without a word;
 * a known field is one that the schema's validator reads, so each field that nobody read is told.
 */
export function problemsOf(manifest: Manifest): string[] {
  const model = models[manifest.kind];
  if (model === undefined) return [`${manifest.kind}: no schema is known; add it to test/deploy/strict-validation.ts`];
  const read = new Set<string>();
  try {
    model.prototype.validate.call(watched(Object.assign(Object.create(model.prototype), manifest), "", read));
  } catch (error) {
    return [String(error)];
  }
  return pathsOf(manifest, "")
    .filter((path) => !read.has(path))
    .map((path) => `${path} is not a field of ${manifest.kind}`);
}

/** The same data, noting the path of every property that is read. */
function watched(value: unknown, path: string, read: Set<string>): unknown {
  if (typeof value !== "object" || value === null) return value;
  return new Proxy(value, {
    get(target, key) {
      const child: unknown = Reflect.get(target, key);
      if (typeof key === "symbol") return child;
      read.add(`${path}/${key}`);
      return watched(child, `${path}/${key}`, read);
    },
  });
}

function pathsOf(value: unknown, path: string): string[] {
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, child]) => [`${path}/${key}`, ...pathsOf(child, `${path}/${key}`)]);
}
