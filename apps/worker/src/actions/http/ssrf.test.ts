import os from "node:os";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type LocalServer, startServer } from "../testing/local-server.js";
import { isPublicAddress } from "./address-policy.js";
import { createGuardedFetch, type GuardedFetch } from "./guarded-fetch.js";

// The sentinel listens on every interface; nothing in this file may ever connect to it.
let sentinel: LocalServer;
let redirector: LocalServer;

beforeAll(async () => {
  sentinel = await startServer((_request, response) => response.end("secret"));
  redirector = await startServer((request, response) => {
    const target = new URL(request.url ?? "/", "http://redirector").searchParams.get("to") ?? "/";
    response.writeHead(302, { location: Buffer.from(target).toString("latin1") }).end();
  }, "127.0.0.1");
});

afterAll(async () => {
  await sentinel.close();
  await redirector.close();
});

function get(fetch: GuardedFetch, url: string): Promise<unknown> {
  const signal = AbortSignal.timeout(10_000);
  return fetch({ url, method: "GET", headers: {}, signal, followRedirects: true, maxBytes: 1_000 });
}

/** Those of this machine that aren't public: a server in a cloud may hold a public address, which the guard can't know. */
const ownHosts = Object.values(os.networkInterfaces())
  .flatMap((addresses) => addresses ?? [])
  .filter(({ address }) => !isPublicAddress(address))
  .map(({ address, family }) => (family === "IPv6" ? `[${address}]` : address));

const privateHosts = [
  // Loopback and "this host", as people write them.
  "localhost",
  "LOCALHOST",
  "localhost.",
  "foo.localhost",
  "127.0.0.1",
  "127.0.0.1.",
  "127.1",
  "127.0.1",
  "127.255.255.254",
  "0",
  "0.0.0.0",
  "0.0.0.1",
  // The same as decimal, octal, hexadecimal and mixed numbers, and as other digits.
  "2130706433",
  "017700000001",
  "0x7f000001",
  "0x7f.1",
  "0x7F.0x0.0x0.0x1",
  "0177.0.0.1",
  "0177.0.0.01",
  "00000177.1",
  "\u2460\u2461\u2466.0.0.1",
  "\uff11\uff12\uff17.0.0.1",
  "127\u3002\u0030\u3002\u0030\u30021",
  "%31%32%37.0.0.1",
  "lOcAlHoSt",
  // Private, carrier-grade, link-local, benchmarking, multicast, reserved, broadcast.
  "10.0.0.1",
  "10.255.255.255",
  "0xa.1",
  "172.16.0.1",
  "172.31.255.255",
  "192.168.0.1",
  "192.168.1.254",
  "3232235521",
  "100.64.0.1",
  "100.100.100.200",
  "169.254.169.254",
  "0xA9FEA9FE",
  "2852039166",
  "0251.0376.0251.0376",
  "169.254.170.2",
  "192.0.0.192",
  "198.18.0.1",
  "198.51.100.7",
  "203.0.113.9",
  "224.0.0.1",
  "239.255.255.250",
  "240.0.0.1",
  "255.255.255.255",
  "168.63.129.16",
  // Names of metadata services.
  "metadata.google.internal",
  "METADATA.GOOGLE.INTERNAL.",
  "metadata",
  "instance-data.ec2.internal",
  // IPv6: loopback, unspecified, embedded IPv4, tunnels, local ranges.
  "[::1]",
  "[0:0:0:0:0:0:0:1]",
  "[::]",
  "[::127.0.0.1]",
  "[::ffff:127.0.0.1]",
  "[::ffff:7f00:1]",
  "[::ffff:0:127.0.0.1]",
  "[::ffff:169.254.169.254]",
  "[64:ff9b::127.0.0.1]",
  "[64:ff9b::a9fe:a9fe]",
  "[64:ff9b:1::10.0.0.1]",
  "[2002:7f00:1::]",
  "[2002:a9fe:a9fe::1]",
  "[2001:0:4136:e378:8000:63bf:3fff:fdd2]",
  "[fc00::1]",
  "[fd00:ec2::254]",
  "[fe80::1]",
  "[fec0::1]",
  "[ff02::1]",
  "[2001:db8::1]",
  "[100::1]",
];

describe("the guarded fetch", () => {
  test("knows a corpus of at least sixty ways to write a private address", () => {
    expect(new Set(privateHosts).size).toBeGreaterThanOrEqual(60);
  });

  test.each(privateHosts)("does not connect to %s", async (host) => {
    const fetch = createGuardedFetch({ allowPrivate: [] });
    await expect(get(fetch, `http://${host}:${sentinel.port}/`)).rejects.toMatchObject({
      type: "blocked_address",
      retryable: false,
    });
    expect(sentinel.connections()).toBe(0);
  });

  test.each(privateHosts)("does not follow a redirect to %s", async (host) => {
    const fetch = createGuardedFetch({ allowPrivate: [`127.0.0.1:${redirector.port}`] });
    const target = encodeURIComponent(`http://${host}:${sentinel.port}/`);
    await expect(get(fetch, `${redirector.url}/?to=${target}`)).rejects.toMatchObject({ type: "blocked_address" });
    expect(sentinel.connections()).toBe(0);
  });

  test.each(ownHosts)("does not connect to this machine's own %s", async (host) => {
    const fetch = createGuardedFetch({ allowPrivate: [] });
    const url = `http://${host}:${sentinel.port}/`;
    await expect(get(fetch, url)).rejects.toMatchObject({ type: "blocked_address" });
    expect(sentinel.connections()).toBe(0);
  });

  test.each([
    "file:///etc/passwd",
    "ftp://127.0.0.1/",
    "gopher://127.0.0.1:6379/_INFO",
    "data:text/plain,hi",
    "//127.0.0.1",
    "http://",
  ])("speaks neither %s nor any other scheme but http and https", async (url) => {
    const fetch = createGuardedFetch({ allowPrivate: [] });
    await expect(get(fetch, url)).rejects.toMatchObject({ type: "validation", retryable: false });
  });

  test("is not fooled by a name in front of the real host", async () => {
    const fetch = createGuardedFetch({ allowPrivate: [] });
    await expect(get(fetch, `http://example.com@127.0.0.1:${sentinel.port}/`)).rejects.toMatchObject({
      type: "validation",
    });
    await expect(get(fetch, `http://127.0.0.1:${sentinel.port}#@example.com/`)).rejects.toMatchObject({
      type: "blocked_address",
    });
    await expect(get(fetch, `http://127.0.0.1:${sentinel.port}\\@example.com/`)).rejects.toMatchObject({
      type: "blocked_address",
    });
    expect(sentinel.connections()).toBe(0);
  });

  test.each([["127.0.0.1"], ["::1"], ["::ffff:127.0.0.1"], ["169.254.169.254"], ["64:ff9b::7f00:1"]])(
    "does not connect to a public name that resolves to %s",
    async (address) => {
      const family = address.includes(":") ? 6 : 4;
      const fetch = createGuardedFetch({ allowPrivate: [], resolve: async () => [{ address, family }] });
      const url = `http://public.example:${sentinel.port}/`;
      await expect(get(fetch, url)).rejects.toMatchObject({ type: "blocked_address" });
      expect(sentinel.connections()).toBe(0);
    },
  );

  test("dials only the permitted ones of a name's addresses", async () => {
    const dialled: string[] = [];
    const server = await startServer((request, response) => {
      dialled.push(request.socket.localAddress ?? "");
      response.end();
    });
    const fetch = createGuardedFetch({
      allowPrivate: [`127.0.0.1:${server.port}`],
      resolve: async () => [
        { address: "::1", family: 6 },
        { address: "127.0.0.1", family: 4 },
      ],
    });
    await get(fetch, `http://mixed.example:${server.port}/`);
    expect(dialled).toEqual([expect.stringMatching(/^(::ffff:)?127\.0\.0\.1$/)]);
    expect(server.connections()).toBe(1);
    await server.close();
  });

  test("judges a name anew for each connection, so that rebinding it gains nothing", async () => {
    let lookups = 0;
    const fetch = createGuardedFetch({
      allowPrivate: [`127.0.0.1:${redirector.port}`],
      resolve: async () => {
        lookups += 1;
        return [lookups === 1 ? { address: "127.0.0.1", family: 4 } : { address: "::1", family: 6 }];
      },
    });
    const target = encodeURIComponent(`http://rebind.example:${sentinel.port}/`);
    const url = `http://rebind.example:${redirector.port}/?to=${target}`;
    await expect(get(fetch, url)).rejects.toMatchObject({ type: "blocked_address" });
    expect(lookups).toBe(2);
    expect(sentinel.connections()).toBe(0);
  });

  test("reaches what its operator allows, and no other port of the same host", async () => {
    const allowed = await startServer((_request, response) => response.end("hello"), "127.0.0.1");
    const fetch = createGuardedFetch({ allowPrivate: [`127.0.0.1:${allowed.port}`] });
    await expect(get(fetch, allowed.url)).resolves.toMatchObject({ status: 200 });
    await expect(get(fetch, `http://127.0.0.1:${sentinel.port}/`)).rejects.toMatchObject({ type: "blocked_address" });
    expect(sentinel.connections()).toBe(0);
    await allowed.close();
  });
});
