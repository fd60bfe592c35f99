import { readFileSync } from "node:fs";
import { join } from "node:path";
import { validate } from "dockerfile-utils";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";

const root = join(import.meta.dirname, "../..");
const dockerfile = read("Dockerfile");
const compose = parse(read("docker-compose.yml"), { merge: true });

function read(path: string): string {
  return readFileSync(join(root, path), "utf8");
}

function instructions(name: string): string[] {
  return dockerfile.split("\n").flatMap((line) => (line.startsWith(`${name} `) ? [line.slice(name.length + 1)] : []));
}

test("the Dockerfile has no mistake, and one would be found", () => {
  expect(validate(dockerfile)).toEqual([]);
  expect(validate(`${dockerfile}RUNN true\n`)).not.toEqual([]);
});

test("the image runs as nobody, and no package runs code while it is built", () => {
  expect(instructions("USER")).toEqual(["10001:10001"]);
  for (const line of instructions("RUN").filter((run) => run.includes("npm ci")))
    expect(line).toContain("--ignore-scripts");
});

test("compose, Kubernetes and `npm start` in Docker take the same Redis", () => {
  expect(read("k8s/redis.yaml")).toContain(`image: ${compose.services.redis.image}\n`);
  expect(read("scripts/docker-redis.mjs")).toContain(`"${compose.services.redis.image}"`);
});

describe("docker-compose.yml", () => {
  /** The keys of the Compose specification that we use; a misspelt one is none of them. */
  const knownKeys = [
    ...["image", "build", "command", "restart", "read_only", "tmpfs", "cap_drop", "security_opt", "stop_grace_period"],
    ...["depends_on", "volumes", "healthcheck", "environment", "ports", "deploy"],
  ];

  test("runs redis, api and two workers", () => {
    expect(Object.keys(compose.services)).toEqual(["redis", "api", "worker"]);
    expect(compose.services.worker.deploy.replicas).toBe(2);
  });

  test("has no key that Compose does not know", () => {
    expect(Object.keys(compose)).toEqual(["name", "x-baton", "services", "volumes"]);
    for (const service of Object.values(compose.services)) {
      expect(knownKeys).toEqual(expect.arrayContaining(Object.keys(service as object))); // yaml gives any
    }
  });

  test("keeps Redis' data in a volume that it declares, in an append-only file, and never evicts", () => {
    expect(compose.services.redis.volumes).toEqual(["redis-data:/data"]);
    expect(Object.keys(compose.volumes)).toEqual(["redis-data"]);
    expect(compose.services.redis.command.join(" ")).toMatch(/--appendonly yes .*--maxmemory-policy noeviction/);
  });

  test.each(["api", "worker"])("gives %s no rights that it does not need, and time to finish", (name) => {
    expect(compose.services[name]).toMatchObject({
      read_only: true,
      cap_drop: ["ALL"],
      security_opt: ["no-new-privileges:true"],
      stop_grace_period: "60s",
      depends_on: { redis: { condition: "service_healthy" } },
      command: ["node", `apps/${name}/dist/main.js`],
    });
  });

  test("publishes the API to this machine only", () => {
    expect(compose.services.api.ports).toEqual(["127.0.0.1:3000:3000"]);
  });
});
