import { promisify } from "node:util";
import { inflate } from "node:zlib";

/** Text of the largest list a probe accepts, with room for what canonicalising adds. */
const TEXT_BYTES_MAX = 64 * 1024 * 1024;

/** The raw tools of a stored list; null when it is not stored (any more), or does not unpack. */
export async function unpackToolList(body: Uint8Array | undefined): Promise<readonly unknown[] | null> {
  if (body === undefined) {
    return null;
  }
  try {
    const text = await promisify(inflate)(body, { maxOutputLength: TEXT_BYTES_MAX });
    return JSON.parse(text.toString("utf8"));
  } catch {
    return null;
  }
}
