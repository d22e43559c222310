/** One thing that must answer before the next step. */
export interface Awaited {
  readonly name: string;
  readonly url: string;
  /** Why it is not running; null while it may still come. */
  trouble(): string | null;
}

const POLL_MS = 100;
const ANSWERS_WITHIN_MS = 3_000;

/**
 * Waits until every URL answers 200, telling each as it does. Throws with what is known about the first that has not
 * by the deadline.
 */
export async function waitUntilReady(
  awaited: readonly Awaited[],
  withinMs: number,
  onReady: (name: string) => void,
): Promise<void> {
  const deadlineAtMs = Date.now() + withinMs;
  await Promise.all(
    awaited.map(async (one) => {
      let last = "no answer";
      while (Date.now() < deadlineAtMs) {
        const answer = await askReady(one.url);
        if (answer === null) {
          onReady(one.name);
          return;
        }
        last = answer;
        await new Promise((resolve) => setTimeout(resolve, POLL_MS));
      }
      throw new Error(`${one.name} did not become ready: ${one.trouble() ?? last}`);
    }),
  );
}

/** Null when ready, else what it said. */
async function askReady(url: string): Promise<string | null> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(ANSWERS_WITHIN_MS) });
    const body = await response.text();
    return response.ok ? null : `HTTP ${response.status} ${body.slice(0, 1_000)}`;
  } catch (error) {
    return (error as Error).message;
  }
}
