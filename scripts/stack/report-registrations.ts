import { awaitFirstVerdicts } from "./await-first-verdicts.ts";
import type { Registration } from "./register-endpoints.ts";

/** An endpoint that hangs is no reason to keep the person waiting for the addresses. */
const FIRST_VERDICTS_WITHIN_MS = 15_000;

/** Says what is watched, what was refused and why, and when the first verdicts are on the page. */
export async function reportRegistrations(
  registrations: readonly Registration[],
  statusUrl: string,
  say: (line: string) => void,
): Promise<void> {
  const slugs: string[] = [];
  for (const { name, url, outcome } of registrations) {
    if (outcome.kind === "refused") {
      say(`Not watched: ${name} (${url}): ${outcome.reason}`);
    } else if (outcome.kind === "added") {
      slugs.push(outcome.slug);
    }
  }
  const watched = registrations.filter(({ outcome }) => outcome.kind !== "refused").length;
  say(`${watched} endpoints are watched, ${slugs.length} of them new.`);
  if (slugs.length === 0) {
    return;
  }
  const { seen, missing } = await awaitFirstVerdicts(
    { statusUrl, slugs, withinMs: FIRST_VERDICTS_WITHIN_MS },
    (slug, state) => say(`First verdict on the page: ${slug} is ${state}`),
  );
  say(`${seen.length} of ${slugs.length} have a verdict.${missing.length > 0 ? " The others follow." : ""}`);
}
