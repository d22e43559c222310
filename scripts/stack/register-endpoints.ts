import type { Transport } from "@alivemcp/core/states";

/** What of an endpoint `scripts/up` says. */
export interface EndpointToRegister {
  readonly name: string;
  readonly url: string;
  readonly transport: Transport;
}

export interface Registration {
  readonly name: string;
  readonly url: string;
  readonly outcome:
    | { readonly kind: "added"; readonly slug: string }
    | { readonly kind: "known" }
    | { readonly kind: "refused"; readonly reason: string };
}

/** At once; the api probes each as it is added. */
const CONCURRENT = 4;
const ANSWERS_WITHIN_MS = 20_000;

/** Adds endpoints through the api, as any client would. One that is there already stays as it is. */
export async function registerEndpoints(
  api: { readonly url: string; readonly operatorKey: string },
  endpoints: readonly EndpointToRegister[],
  options: { readonly visibility: "public" | "unlisted"; readonly isDemo: boolean },
): Promise<readonly Registration[]> {
  const done: Registration[] = [];
  const waiting = [...endpoints];
  const work = async () => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const { name, url, transport } = next;
      const body = { name, url, transport, visibility: options.visibility, is_demo: options.isDemo };
      done.push({ name, url, outcome: await register(api, body) });
    }
  };
  await Promise.all(Array.from({ length: CONCURRENT }, work));
  return done;
}

async function register(
  api: { readonly url: string; readonly operatorKey: string },
  body: Readonly<Record<string, string | boolean>>,
): Promise<Registration["outcome"]> {
  try {
    const response = await fetch(`${api.url}/v1/endpoints`, {
      method: "POST",
      headers: { authorization: `Bearer ${api.operatorKey}`, "content-type": "application/json" },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(ANSWERS_WITHIN_MS),
    });
    const answer = (await response.json()) as { slug?: string; detail?: string };
    if (response.status === 409) {
      return { kind: "known" };
    }
    return response.ok && answer.slug !== undefined
      ? { kind: "added", slug: answer.slug }
      : { kind: "refused", reason: answer.detail ?? `HTTP ${response.status}` };
  } catch (error) {
    return { kind: "refused", reason: (error as Error).message };
  }
}
