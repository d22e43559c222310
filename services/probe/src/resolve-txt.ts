/** TXT records of a name, once, within a deadline. */
import { Resolver } from "node:dns";

export type TxtResolution =
  /** Each record with its strings joined (RFC 7208, section 3.3, has the same rule). */
  | { readonly kind: "records"; readonly records: readonly string[] }
  /** The name, or a TXT record of it, does not exist. */
  | { readonly kind: "none" }
  /** Name servers did not answer, or not in order. */
  | { readonly kind: "failed" };

/** Never rejects. */
export type ResolveTxt = (name: string) => Promise<TxtResolution>;

const DNS_DEADLINE_MS = 5_000;
const DNS_TRY_MS = 1_500;
const DNS_TRIES = 2;
const RECORDS_MAX = 100;
const ABSENT: ReadonlySet<string> = new Set(["ENOTFOUND", "ENODATA"]);

export function createResolveTxt(): ResolveTxt {
  const resolver = new Resolver({ timeout: DNS_TRY_MS, tries: DNS_TRIES });
  return (name) =>
    new Promise((resolve) => {
      const timer = setTimeout(() => resolve({ kind: "failed" }), DNS_DEADLINE_MS);
      resolver.resolveTxt(name, (error, records) => {
        clearTimeout(timer);
        if (error !== null) {
          resolve({ kind: ABSENT.has(error.code ?? "") ? "none" : "failed" });
        } else {
          resolve({
            kind: "records",
            records: records.slice(0, RECORDS_MAX).map((strings) => strings.join("")),
          });
        }
      });
    });
}
