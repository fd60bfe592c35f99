import { describe, expect, test } from "vitest";
import { createAddressPolicy, isPublicAddress } from "./address-policy.js";

const at = (host: string, address: string, port = 80) => ({ host, address, port });

describe("isPublicAddress", () => {
  test.each([["93.184.216.34"], ["1.1.1.1"], ["2606:4700:4700::1111"], ["2a00:1450:4001:82a::200e"]])(
    "holds for %s",
    (address) => {
      expect(isPublicAddress(address)).toBe(true);
    },
  );

  test.each([
    ["0.0.0.0"],
    ["10.1.2.3"],
    ["100.64.0.1"],
    ["127.0.0.1"],
    ["127.255.255.254"],
    ["169.254.169.254"],
    ["172.16.0.1"],
    ["172.31.255.255"],
    ["192.0.0.192"],
    ["192.168.1.1"],
    ["198.18.0.1"],
    ["224.0.0.1"],
    ["240.0.0.1"],
    ["255.255.255.255"],
    ["168.63.129.16"],
    ["::"],
    ["::1"],
    ["::127.0.0.1"],
    ["::ffff:8.8.8.8"],
    ["64:ff9b::7f00:1"],
    ["64:ff9b:1::a00:1"],
    ["2002:7f00:1::"],
    ["2001:0:7f00:1::"],
    ["fc00::1"],
    ["fd00:ec2::254"],
    ["fe80::1"],
    ["fec0::1"],
    ["ff02::1"],
    ["2001:db8::1"],
    ["100::1"],
    ["4000::1"],
    ["not an address"],
    [""],
  ])("does not hold for %s", (address) => {
    expect(isPublicAddress(address)).toBe(false);
  });
});

describe("createAddressPolicy", () => {
  test("permits public addresses only, when nothing else is allowed", () => {
    const policy = createAddressPolicy([]);
    expect(policy.permits(at("example.com", "93.184.216.34"))).toBe(true);
    expect(policy.permits(at("example.com", "127.0.0.1"))).toBe(false);
  });

  test.each([
    ["vault.internal", at("vault.internal", "10.0.0.7"), true],
    ["vault.internal", at("VAULT.internal.", "10.0.0.7"), true],
    ["vault.internal", at("evil.example", "10.0.0.7"), false],
    ["vault.internal:8200", at("vault.internal", "10.0.0.7", 8200), true],
    ["vault.internal:8200", at("vault.internal", "10.0.0.7", 22), false],
    ["10.0.0.7", at("any.name", "10.0.0.7"), true],
    ["10.0.0.7:80", at("any.name", "10.0.0.7", 81), false],
    ["10.0.0.0/24", at("any.name", "10.0.0.200"), true],
    ["10.0.0.0/24", at("any.name", "10.0.1.1"), false],
    ["10.0.0.0/24", at("any.name", "::1"), false],
    ["::1", at("localhost", "::1"), true],
    ["[::1]:9000", at("localhost", "::1", 9000), true],
    ["[::1]:9000", at("localhost", "::1", 80), false],
    ["fd00::/8", at("any.name", "fd12::1"), true],
  ])("with %s allowed, judges %j as %s", (entry, destination, permitted) => {
    expect(createAddressPolicy([entry]).permits(destination)).toBe(permitted);
  });

  test.each([["localhost"], ["LOCALHOST."], ["db.localhost"], ["metadata.google.internal"], ["instance-data"]])(
    "refuses the name %s before looking it up, unless it is allowed",
    (name) => {
      expect(createAddressPolicy([]).refusesName(name, 80)).toBe(true);
      expect(createAddressPolicy([name]).refusesName(name, 80)).toBe(false);
    },
  );

  test.each([[""], ["http://host"], ["host:port"], ["a b"], ["*"]])("refuses the entry '%s', naming it", (entry) => {
    expect(() => createAddressPolicy([entry])).toThrow(`"${entry}"`);
  });
});
