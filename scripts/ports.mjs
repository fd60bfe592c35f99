import { createServer } from "node:net";
import { Stop } from "./processes.mjs";

/**
 * A free port of the loopback address: any, or the first from `from` on.
 * @param {number} [from]
 */
export async function freePort(from) {
  if (from === undefined) return (await tryPort(0)) ?? 0;
  for (let port = from; port < from + 100; port += 1) {
    if ((await tryPort(port)) !== null) return port;
  }
  throw new Stop(`No port from ${from} to ${from + 99} is free. Set BATON_PORT to a free port.`);
}

/**
 * The port that a variable asks for, which must then be free; else the first free one from `fallback` on.
 * @param {string} variable
 * @param {number} fallback
 */
export async function portFrom(variable, fallback) {
  const asked = process.env[variable];
  if (asked === undefined || asked === "") {
    const port = await freePort(fallback);
    if (port !== fallback) console.log(`Port ${fallback} is in use; using ${port} instead (${variable}).`);
    return port;
  }
  if (!/^\d{1,5}$/.test(asked) || Number(asked) > 65_535)
    throw new Stop(`${variable} is "${asked}", which is not a port. Example: ${variable}=${fallback}.`);
  if ((await tryPort(Number(asked))) !== null) return Number(asked);
  throw new Stop(
    `Port ${asked} (${variable}) is in use. Stop the process that uses it, or set ${variable} to another port.`,
  );
}

/**
 * @param {number} port
 * @returns {Promise<number | null>} the port, when it could be listened on
 */
function tryPort(port) {
  return new Promise((resolve) => {
    const probe = createServer().once("error", () => resolve(null));
    probe.listen({ port, host: "127.0.0.1", exclusive: true }, () => {
      const address = probe.address();
      const free = address !== null && typeof address === "object" ? address.port : null;
      probe.close(() => resolve(free));
    });
  });
}
