import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { parse, parseAllDocuments } from "yaml";
import { type Manifest, problemsOf } from "./strict-validation.js";

const folder = join(import.meta.dirname, "../../k8s");
const kustomization: { readonly resources: readonly string[] } = parse(read("kustomization.yaml"));
const manifests = kustomization.resources.flatMap((file): Manifest[] =>
  parseAllDocuments(read(file)).map((document) => document.toJS()),
);

interface PodSpec {
  readonly automountServiceAccountToken?: boolean;
  readonly terminationGracePeriodSeconds?: number;
  readonly securityContext?: Readonly<Record<string, unknown>>;
  readonly containers: readonly Container[];
}

interface Container {
  readonly name: string;
  readonly image: string;
  readonly securityContext?: unknown;
  readonly resources?: { readonly requests?: object; readonly limits?: object };
  readonly env?: readonly { readonly name: string; readonly value?: string }[];
  readonly [probe: `${string}Probe`]: unknown;
}

const workloads = manifests
  .filter(({ kind }) => kind === "Deployment" || kind === "StatefulSet")
  .map((manifest): [name: string, pod: PodSpec] => [manifest.metadata.name, podOf(manifest)]);

function read(file: string): string {
  return readFileSync(join(folder, file), "utf8");
}

function podOf(manifest: Manifest): PodSpec {
  // `problemsOf` holds these manifests to the schema, which has this shape
  return (manifest.spec as { template: { spec: PodSpec } }).template.spec;
}

function named(kind: string, name: string): Manifest {
  const found = manifests.find((manifest) => manifest.kind === kind && manifest.metadata.name === name);
  if (found === undefined) throw new Error(`k8s/ has no ${kind} called ${name}`);
  return found;
}

test("the kustomization names every manifest in the folder, and only those", () => {
  const files = readdirSync(folder).filter((file) => file.endsWith(".yaml") && file !== "kustomization.yaml");
  expect([...kustomization.resources].sort()).toEqual(files.sort());
});

describe("each manifest is what Kubernetes' schemas ask for, without unknown fields", () => {
  test.each(manifests.map((manifest) => [manifest.kind, manifest.metadata.name, manifest] as const))(
    "%s %s",
    (...row) => {
      expect(problemsOf(row[2])).toEqual([]);
    },
  );
});

test("a wrong type and an unknown field are found", () => {
  const service = named("Service", "api");
  expect(problemsOf({ ...service, spec: { ports: "80" } })).not.toEqual([]);
  expect(problemsOf({ ...service, spec: { ports: [{ port: 80 }], selektor: {} } })).toEqual([
    "/spec/selektor is not a field of Service",
  ]);
  const deep = { template: { spec: { containers: [{ name: "a", readinesProbe: {} }] } }, selector: {} };
  expect(problemsOf({ ...named("Deployment", "api"), spec: deep })).toEqual([
    "/spec/template/spec/containers/0/readinesProbe is not a field of Deployment",
  ]);
});

test("redis, api and worker stand there, the latter two with replicas", () => {
  expect(named("StatefulSet", "redis").spec).toMatchObject({ replicas: 1 });
  expect(named("Deployment", "api").spec).toMatchObject({ replicas: 2 });
  expect(named("Deployment", "worker").spec).toMatchObject({ replicas: 3 });
});

describe("a pod of each workload may do as little as it can", () => {
  test.each(workloads)("%s", (_name, pod) => {
    expect(pod).toMatchObject({
      automountServiceAccountToken: false,
      terminationGracePeriodSeconds: 60,
      securityContext: { runAsNonRoot: true, seccompProfile: { type: "RuntimeDefault" } },
    });
    expect(pod.securityContext?.["runAsUser"]).toBeGreaterThanOrEqual(10_000);
    for (const container of pod.containers) {
      expect(container.securityContext).toEqual({
        allowPrivilegeEscalation: false,
        readOnlyRootFilesystem: true,
        capabilities: { drop: ["ALL"] },
      });
      expect(Object.keys(container.resources?.limits ?? {})).toEqual(["cpu", "memory"]);
      expect(Object.keys(container)).toEqual(
        expect.arrayContaining(["startupProbe", "readinessProbe", "livenessProbe"]),
      );
    }
  });
});

test("api and worker take the image that kustomize sets, and leave a quarter of their memory to buffers", () => {
  for (const name of ["api", "worker"]) {
    const [container] = podOf(named("Deployment", name)).containers;
    expect(container).toMatchObject({ image: "baton", resources: { limits: { memory: "512Mi" } } });
    expect(container?.env).toContainEqual({ name: "NODE_OPTIONS", value: `--max-old-space-size=${512 * 0.75}` });
  }
});

test("Redis never evicts and keeps an append-only file", () => {
  const [redis] = podOf(named("StatefulSet", "redis")).containers;
  const args = Object.entries(redis ?? {}).find(([key]) => key === "args")?.[1];
  expect(args).toEqual(expect.arrayContaining(["--appendonly", "yes", "--maxmemory-policy", "noeviction"]));
});

test("nothing may talk unless a policy says so", () => {
  expect(named("NetworkPolicy", "default-deny").spec).toEqual({ podSelector: {}, policyTypes: ["Ingress", "Egress"] });
});
