import { constants, inflateRawSync } from "node:zlib";
import { documentError } from "./extracted.js";

const endOfDirectory = 0x06054b50;
const directoryEntry = 0x02014b50;

/**
 * Throws when the XML of a ZIP archive unpacks to more than `maxBytes`. Sizes that an archive states are not believed:
 * a few kilobytes can unpack to gigabytes, and the reader that comes next would hold them all.
 */
export function checkZipBudget(name: string, bytes: Uint8Array, maxBytes: number): void {
  const archive = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let left = maxBytes;
  for (const entry of entriesOf(archive)) {
    if (!/\.(xml|rels)$/i.test(entry.name)) continue;
    left -= unpackedSize(archive, entry, left + 1);
    if (left < 0) throw documentError("limit", `${name} unpacks to more than ${maxBytes} bytes`);
  }
}

interface ZipEntry {
  readonly name: string;
  readonly method: number;
  readonly packedSize: number;
  readonly offset: number;
}

function entriesOf(archive: Buffer): readonly ZipEntry[] {
  const end = archive.lastIndexOf(Buffer.from([0x50, 0x4b, 0x05, 0x06]));
  if (end < 0 || archive.readUInt32LE(end) !== endOfDirectory) throw new Error("the archive has no directory");
  const entries: ZipEntry[] = [];
  let at = archive.readUInt32LE(end + 16);
  for (let count = archive.readUInt16LE(end + 10); count > 0; count -= 1) {
    if (archive.readUInt32LE(at) !== directoryEntry) throw new Error("the archive's directory is damaged");
    const nameLength = archive.readUInt16LE(at + 28);
    entries.push({
      name: archive.toString("utf8", at + 46, at + 46 + nameLength),
      method: archive.readUInt16LE(at + 10),
      packedSize: archive.readUInt32LE(at + 20),
      offset: archive.readUInt32LE(at + 42),
    });
    at += 46 + nameLength + archive.readUInt16LE(at + 30) + archive.readUInt16LE(at + 32);
  }
  return entries;
}

function unpackedSize(archive: Buffer, entry: ZipEntry, limit: number): number {
  const start = entry.offset + 30 + archive.readUInt16LE(entry.offset + 26) + archive.readUInt16LE(entry.offset + 28);
  const packed = archive.subarray(start, start + entry.packedSize);
  if (entry.method === 0) return packed.byteLength;
  try {
    return inflateRawSync(packed, { maxOutputLength: limit, finishFlush: constants.Z_SYNC_FLUSH }).byteLength;
  } catch (error) {
    if (error instanceof RangeError) return limit;
    throw error;
  }
}
