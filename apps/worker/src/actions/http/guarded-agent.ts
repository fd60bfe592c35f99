import dns from "node:dns";
import net from "node:net";
import { ActionError } from "@batonrun/core/actions";
import { Agent, buildConnector } from "undici";
import { type AddressPolicy, createAddressPolicy } from "./address-policy.js";

/** Resolves a name to all of its addresses. */
export type Resolve = (host: string) => Promise<readonly dns.LookupAddress[]>;

export interface GuardOptions {
  /** Hosts, addresses and ranges that may be reached although they are not public: see `createAddressPolicy`. */
  readonly allowPrivate: readonly string[];
  readonly resolve?: Resolve;
}

/**
 * An agent that judges the address it is about to dial, not the one that was looked up earlier or written in the URL:
 * names that change their address between check and use, and every spelling of an address, end at the same check.
 * Proxies from the environment are not used, since behind one the address dialled is the proxy's.
 */
export function createGuardedAgent(options: GuardOptions): Agent {
  const policy = createAddressPolicy(options.allowPrivate);
  const resolve = options.resolve ?? ((host) => dns.promises.lookup(host, { all: true }));
  return new Agent({ connect: guardedConnector(policy, resolve), connections: 64 });
}

function guardedConnector(policy: AddressPolicy, resolve: Resolve): buildConnector.connector {
  return (options, callback) => {
    const host = options.hostname.replace(/^\[|\]$/g, "");
    const port = Number(options.port) || (options.protocol === "https:" ? 443 : 80);
    // Node skips the lookup of an address that is written out, so it is judged here.
    const refused =
      net.isIP(host) === 0 ? policy.refusesName(host, port) : !policy.permits({ host, address: host, port });
    if (refused) {
      callback(blockedAddress(host, []), null);
      return;
    }
    const connect = buildConnector({ timeout: 10_000, lookup: guardedLookup(policy, resolve, port) });
    connect(options, callback);
  };
}

function guardedLookup(policy: AddressPolicy, resolve: Resolve, port: number): net.LookupFunction {
  return (host, options, callback) => {
    resolve(host).then(
      (addresses) => {
        const permitted = addresses.filter(({ address }) => policy.permits({ host, address, port }));
        const first = permitted[0];
        if (first === undefined) {
          callback(blockedAddress(host, addresses), "", 0);
          return;
        }
        if (options.all === true) callback(null, [...permitted]);
        else callback(null, first.address, first.family);
      },
      (error: NodeJS.ErrnoException) => callback(error, "", 0),
    );
  };
}

function blockedAddress(host: string, addresses: readonly dns.LookupAddress[]): ActionError {
  const shown = addresses.map(({ address }) => address).join(", ");
  const what = shown === "" ? host : `${host} (${shown})`;
  return new ActionError(
    `${what} is not a public address; an operator can allow private hosts with BATON_HTTP_ALLOW_PRIVATE`,
    { type: "blocked_address", retryable: false, details: { host } },
  );
}
