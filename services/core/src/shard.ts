/** Number of shards, fixed at installation: keys in Redis and fences in Postgres carry it. */
export const SHARD_COUNT = 16;

/** Every shard name, `s00` … `s15`. */
export const SHARDS: readonly string[] = Array.from({ length: SHARD_COUNT }, (_, n) => shardName(n));

/** Shard of an endpoint: crc16 (XMODEM, Redis Cluster's own) of its id, modulo the shard count. */
export function shardOf(endpointId: string): string {
  return SHARDS[crc16(endpointId) % SHARD_COUNT] as string;
}

function shardName(n: number): string {
  return `s${String(n).padStart(2, "0")}`;
}

/** CRC-16/XMODEM over the characters of an ASCII string (Redis Cluster specification, appendix A). */
export function crc16(text: string): number {
  let crc = 0;
  for (let i = 0; i < text.length; i += 1) {
    crc = ((crc << 8) & 0xffff) ^ (TABLE[((crc >> 8) ^ text.charCodeAt(i)) & 0xff] as number);
  }
  return crc;
}

const TABLE: readonly number[] = Array.from({ length: 256 }, (_, byte) => {
  let crc = byte << 8;
  for (let bit = 0; bit < 8; bit += 1) {
    crc = crc & 0x8000 ? ((crc << 1) ^ 0x1021) & 0xffff : (crc << 1) & 0xffff;
  }
  return crc;
});
