import { RAW_FIELDS } from "@alivemcp/core/now-fields";
import { nowKey, type ProbeFinding, probeFindingSchema } from "@alivemcp/core/pipeline";
import { listEndpointNumbers, rememberEndpoints } from "@alivemcp/db/queries/endpoint-memory-system";
import type { Deps } from "./deps.ts";
import { learnedMemory } from "./rows-of-minutes.ts";

type MemoryDeps = Pick<Deps, "upkeepPool" | "redis" | "regions">;

const SLICE = 500;

/**
 * Remembers what the newest probes of the next endpoints found, from the first again after the last. Stream entries leave
 * findings of healthy endpoints out, so a renewed certificate or a new server version is learned here.
 */
export function createMemoryRefresh(deps: MemoryDeps): () => Promise<void> {
  let afterNumber = 0;
  return async () => {
    const endpoints = await listEndpointNumbers(deps.upkeepPool, { afterNumber, limit: SLICE });
    const fields = deps.regions.map(RAW_FIELDS.finding);
    const found = await Promise.all(
      endpoints.map(async ({ id }) => {
        const newest = newestHealthy(await deps.redis.hmget(nowKey(id), ...fields));
        return newest === null ? [] : [learnedMemory(id, newest)];
      }),
    );
    // One at a time: holding several rows while a batch holds others could end in a deadlock.
    for (const learned of found.flat()) {
      await rememberEndpoints(deps.upkeepPool, [learned]);
    }
    afterNumber = endpoints.length < SLICE ? 0 : (endpoints.at(-1)?.number ?? 0);
  };
}

function newestHealthy(texts: readonly (string | null)[]): ProbeFinding | null {
  const findings = texts.flatMap((text) => {
    const parsed = probeFindingSchema.safeParse(parseJson(text));
    return parsed.success && parsed.data.state === "up" ? [parsed.data] : [];
  });
  return findings.sort((a, b) => b.observedAtMs - a.observedAtMs)[0] ?? null;
}

function parseJson(text: string | null): unknown {
  try {
    return JSON.parse(text ?? "null");
  } catch {
    return null;
  }
}
