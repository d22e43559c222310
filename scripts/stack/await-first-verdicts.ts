export interface FirstVerdicts {
  /** Slugs with a verdict, in the order the verdicts came. */
  readonly seen: readonly string[];
  /** Slugs that had none by the deadline. */
  readonly missing: readonly string[];
}

const POLL_MS = 250;
const ANSWERS_WITHIN_MS = 3_000;

/**
 * Watches the public JSON of new endpoints until each shows a verdict, or `withinMs` passed; `onFirst` is told once.
 * It asks what any visitor may ask: what it sees is on the page.
 */
export async function awaitFirstVerdicts(
  input: { readonly statusUrl: string; readonly slugs: readonly string[]; readonly withinMs: number },
  onFirst: (slug: string, state: string) => void,
): Promise<FirstVerdicts> {
  const deadlineAtMs = Date.now() + input.withinMs;
  const seen: string[] = [];
  const missing = new Set(input.slugs);
  while (missing.size > 0 && Date.now() < deadlineAtMs) {
    for (const slug of missing) {
      const state = await readState(`${input.statusUrl}/api/embed-status/${slug}`);
      if (state !== null && state !== "unknown") {
        missing.delete(slug);
        seen.push(slug);
        if (seen.length === 1) {
          onFirst(slug, state);
        }
      }
    }
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
  return { seen, missing: [...missing] };
}

async function readState(url: string): Promise<string | null> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(ANSWERS_WITHIN_MS) });
    const body = (await response.json()) as { status?: string };
    return response.ok ? (body.status ?? null) : null;
  } catch {
    return null;
  }
}
