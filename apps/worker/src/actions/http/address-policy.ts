import ipaddr from "ipaddr.js";

/** Where a connection is about to go: the name that was asked for and the address that would be dialled. */
export interface Destination {
  readonly host: string;
  readonly address: string;
  readonly port: number;
}

export interface AddressPolicy {
  /** Whether this very address may be dialled under this name. */
  permits(destination: Destination): boolean;
  /** Whether a name is refused before it is looked up. */
  refusesName(host: string, port: number): boolean;
}

/**
 * Builds the policy: public addresses, and what `allowPrivate` lists beyond them.
 * An entry is a host name, an address or a CIDR range; a name or an address may carry a port
 * (`vault.internal`, `10.0.0.7:8200`, `[::1]:9000`, `192.168.4.0/24`).
 */
export function createAddressPolicy(allowPrivate: readonly string[]): AddressPolicy {
  const allowed = allowPrivate.map(parseEntry);
  return {
    permits: (destination) =>
      isPublicAddress(destination.address) || allowed.some((entry) => entry.admits(destination)),
    refusesName: (host, port) =>
      isRefusedName(host) && !allowed.some((entry) => entry.admits({ host: plainName(host), address: "", port })),
  };
}

/** Whether an address is on the public internet; everything special, tunnelled or unknown is not. */
export function isPublicAddress(address: string): boolean {
  if (!ipaddr.isValid(address)) return false;
  const parsed = ipaddr.parse(address);
  if (parsed.range() !== "unicast") return false;
  if (parsed instanceof ipaddr.IPv4) return !publicMetadataAddresses.has(parsed.toString());
  // Only 2000::/3 is handed out as global unicast: anything else that has no special range yet is refused too.
  return ((parsed.parts[0] ?? 0) & 0xe000) === 0x2000;
}

/** Azure serves credentials of the machine on an address that looks public. */
const publicMetadataAddresses: ReadonlySet<string> = new Set(["168.63.129.16"]);

const refusedNames: ReadonlySet<string> = new Set([
  "localhost",
  "metadata",
  "metadata.goog",
  "metadata.google.internal",
  "metadata.azure.internal",
  "metadata.tencentyun.com",
  "instance-data",
  "instance-data.ec2.internal",
]);

function isRefusedName(host: string): boolean {
  const name = plainName(host);
  return refusedNames.has(name) || name.endsWith(".localhost");
}

function plainName(host: string): string {
  return host.toLowerCase().replace(/\.$/, "");
}

interface AllowEntry {
  admits(destination: Destination): boolean;
}

function parseEntry(entry: string): AllowEntry {
  const text = entry.trim();
  if (ipaddr.isValidCIDR(text)) return rangeEntry(text);
  if (ipaddr.IPv6.isValid(text)) return addressEntry(text, undefined);
  const match = /^(?:\[(?<v6>[^\]]+)\]|(?<host>[a-z0-9._-]+))(?::(?<port>\d{1,5}))?$/i.exec(text);
  const host = match?.groups?.["v6"] ?? match?.groups?.["host"];
  if (host === undefined) throw new Error(`"${entry}" is not a host, host:port, address, or CIDR range`);
  const port = match?.groups?.["port"] === undefined ? undefined : Number(match.groups["port"]);
  return ipaddr.isValid(host) ? addressEntry(host, port) : nameEntry(host, port);
}

function rangeEntry(text: string): AllowEntry {
  const [network, bits] = ipaddr.parseCIDR(text);
  return {
    admits: ({ address }) => {
      if (!ipaddr.isValid(address)) return false;
      const parsed = ipaddr.parse(address);
      return parsed.kind() === network.kind() && parsed.match(network, bits);
    },
  };
}

function addressEntry(text: string, port: number | undefined): AllowEntry {
  const allowed = ipaddr.parse(text).toNormalizedString();
  return {
    admits: (destination) =>
      ipaddr.isValid(destination.address) &&
      ipaddr.parse(destination.address).toNormalizedString() === allowed &&
      (port === undefined || port === destination.port),
  };
}

function nameEntry(name: string, port: number | undefined): AllowEntry {
  const allowed = plainName(name);
  return {
    admits: (destination) =>
      plainName(destination.host) === allowed && (port === undefined || port === destination.port),
  };
}
