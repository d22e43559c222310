/** URLs of an owner's own health pages, asked beside the probe. */
import { z } from "zod";
import { checkEndpointUrl, ENDPOINT_URL_CHARS_MAX, normalizedUrl } from "./endpoint-url.ts";

export const HEALTH_URLS_MAX = 5;

/** One health URL. Asked every so many minutes, by the endpoint's regions in turn; a 2xx answer is well. */
export interface HealthUrl {
  readonly url: string;
  /** 1 to 5. */
  readonly everyMinutes: number;
  /** Whether a `status` in a JSON answer must say that all is well, too (`isStatusWell`). */
  readonly isStatusChecked: boolean;
}

/** A health URL that one job is to ask. `position` counts from 1 in the owner's list; details name it instead of the URL. */
export const dueHealthUrlSchema = z.object({
  position: z.int().min(1).max(HEALTH_URLS_MAX),
  url: z.string().max(ENDPOINT_URL_CHARS_MAX),
  isStatusChecked: z.boolean(),
});
export type DueHealthUrl = z.infer<typeof dueHealthUrlSchema>;

export type HealthUrlsCheck =
  /** Normalised as endpoint URLs are, in the order given. */
  | { readonly kind: "accepted"; readonly healthUrls: readonly HealthUrl[] }
  /** `index` counts from 0; `message` is a sentence for the person who typed it. */
  | { readonly kind: "refused"; readonly index: number; readonly message: string };

/**
 * Accepts health URLs of an endpoint: at most five, each once, on the endpoint's registrable domain, and not plain http
 * where the endpoint is https. Where their names lead is checked at every probe, as for the endpoint itself.
 */
export function checkHealthUrls(
  endpoint: { readonly url: string; readonly registrableDomain: string },
  healthUrls: readonly HealthUrl[],
  registrableDomainOf: (hostname: string) => string,
): HealthUrlsCheck {
  if (healthUrls.length > HEALTH_URLS_MAX) {
    return refused(HEALTH_URLS_MAX, `An endpoint may have at most ${HEALTH_URLS_MAX} health URLs.`);
  }
  const seen = new Set<string>();
  const accepted: HealthUrl[] = [];
  for (const [index, healthUrl] of healthUrls.entries()) {
    const checked = checkEndpointUrl(healthUrl.url);
    if (checked.kind === "refused") {
      return refused(index, checked.message);
    }
    const url = new URL(checked.url);
    const message = unfitting(endpoint, url, registrableDomainOf(url.hostname), seen);
    if (message !== null) {
      return refused(index, message);
    }
    seen.add(normalizedUrl(url));
    accepted.push({ ...healthUrl, url: checked.url });
  }
  return { kind: "accepted", healthUrls: accepted };
}

function unfitting(
  endpoint: { readonly url: string; readonly registrableDomain: string },
  url: URL,
  domain: string,
  seen: ReadonlySet<string>,
): string | null {
  if (domain !== endpoint.registrableDomain) {
    return `A health URL must be on the endpoint's own domain, ${endpoint.registrableDomain}.`;
  }
  if (url.protocol === "http:" && endpoint.url.startsWith("https:")) {
    return "The endpoint is https, so its health URLs must be https, too.";
  }
  return seen.has(normalizedUrl(url)) ? "This health URL is listed twice." : null;
}

/** Words that say that all is well: the draft's `pass` and `warn` with their synonyms, and what frameworks say. */
const WELL_WORDS: ReadonlySet<string> = new Set(["pass", "ok", "up", "warn", "healthy"]);

/**
 * Whether the `status` of a health document says that all is well, in any case of letters. A document without a textual
 * `status` says nothing against it. Source: draft-inadarei-api-health-check-06, section 3.1; Spring Boot's `UP`.
 */
export function isStatusWell(document: unknown): boolean {
  const status: unknown =
    typeof document === "object" && document !== null && Object.hasOwn(document, "status")
      ? (document as { readonly status: unknown }).status
      : undefined;
  return typeof status !== "string" || WELL_WORDS.has(status.trim().toLowerCase());
}

function refused(index: number, message: string): HealthUrlsCheck {
  return { kind: "refused", index, message };
}
