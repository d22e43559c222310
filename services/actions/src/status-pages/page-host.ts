import { AppError } from "@alivemcp/core/app-error";
import { holdsProof, pageHostChallenge } from "@alivemcp/core/claim-proof";
import {
  deleteStatusPageHost,
  insertStatusPageHost,
  type StatusPageRow,
} from "@alivemcp/db/queries/status-pages";
import { judgeHostname } from "@alivemcp/probe/public-hostname";
import type { TxtResolution } from "@alivemcp/probe/resolve-txt";
import type { ActionDeps } from "../action-deps.ts";
import type { Caller } from "../caller.ts";
import { change } from "../change.ts";
import { reserveLook } from "../claims/reserve-look.ts";
import { requirePermission } from "../require-permission.ts";
import { getStatusPageIn } from "./change-status-page.ts";
import { getStatusPage } from "./list-status-pages.ts";

type HostDeps = Pick<
  ActionDeps,
  "pool" | "redis" | "clock" | "ticketKey" | "resolveTxt" | "appUrl" | "apiUrl" | "publicUrl"
>;

/** What has to be in DNS, and whether it was found there. */
export interface PageHostProof {
  readonly host: string;
  /** Found: the page is shown at the host from now on. */
  readonly isVerified: boolean;
  /** Name of the TXT record. */
  readonly dnsName: string;
  /** What the record has to hold. */
  readonly proof: string;
  /** What was found, and what to do: a whole sentence, nothing of what a stranger wrote in it. */
  readonly sentence: string;
}

/**
 * Looks for the proof that a host name is the workspace's own and, when it is there, shows the page at it instead of at
 * whichever host it had. Until then nothing is stored: asking is how one learns what to put where. Throws `not_found`,
 * `invalid` for a name that can be nobody's page, `conflict` when another page has it, `rate_limited` as a claim does.
 */
export async function verifyPageHost(
  deps: HostDeps,
  caller: Caller,
  input: { readonly slug: string; readonly host: string },
): Promise<PageHostProof> {
  requirePermission(caller, "page.write");
  const page = await getStatusPage(deps, caller, input.slug);
  const host = requireHost(deps, input.host);
  const { tenantId } = caller.scope;
  const challenge = pageHostChallenge(deps.ticketKey, { tenantId, pageId: page.id, host });
  await reserveLook(deps, caller, host);
  const look = judgeRecords(await deps.resolveTxt(challenge.dnsName), challenge.proof);
  if (look.isVerified) {
    await giveHost(deps, caller, page, host);
  }
  return { host, ...challenge, ...look };
}

/** The page is at its slug alone again. Throws `not_found`; a page without a host is left as it is. */
export function removePageHost(
  deps: Pick<ActionDeps, "pool">,
  caller: Caller,
  slug: string,
): Promise<StatusPageRow> {
  return change(deps, caller, "page.write", async (tx) => {
    const page = await getStatusPageIn(caller.scope, tx, slug);
    const isGone = await deleteStatusPageHost(caller.scope, tx, page.id);
    const audit = { deed: "page.remove-host", targetKind: "status-page", targetId: page.id };
    return { result: { ...page, host: null }, audit: isGone ? audit : null };
  });
}

function giveHost(deps: HostDeps, caller: Caller, { id, slug }: StatusPageRow, host: string): Promise<void> {
  return change(deps, caller, "page.write", async (tx) => {
    const { scope } = caller;
    const now = await getStatusPageIn(scope, tx, slug);
    if (now.id === id && now.host === host) {
      return { result: undefined, audit: null };
    }
    await deleteStatusPageHost(scope, tx, now.id);
    if (now.id !== id || !(await insertStatusPageHost(scope, tx, { pageId: id, host }))) {
      throw new AppError({
        code: "conflict",
        internal: "host is another page's",
        public: "Another page is at this host already. A host can belong to one page only.",
        field: "host",
      });
    }
    const audit = { deed: "page.set-host", targetKind: "status-page", targetId: id, content: { host } };
    return { result: undefined, audit };
  });
}

const REFUSALS = {
  address: "This is an address. Enter a host name, such as status.example.com.",
  "not-a-name": "This is not a host name. Enter one such as status.example.com, without https:// and path.",
  local: "This name is not on the public internet.",
  "public-suffix": "Everybody can have names below this one, so it can be nobody's page.",
  ours: "This name belongs to AliveMCP itself. Enter one of your own.",
} as const;

/** The name in lower case and without the dot at its end. */
function requireHost(deps: HostDeps, typed: string): string {
  const host = typed.trim().toLowerCase().replace(/\.$/, "");
  const ours = [deps.publicUrl, deps.appUrl, deps.apiUrl].map((url) => new URL(url).hostname);
  const isOurs = ours.some((one) => host === one || host.endsWith(`.${one}`));
  const verdict = isOurs ? "ours" : judgeHostname(host);
  if (verdict !== "fine") {
    throw new AppError({
      code: "invalid",
      internal: "host cannot be a page's",
      public: REFUSALS[verdict],
      field: "host",
    });
  }
  return host;
}

function judgeRecords(found: TxtResolution, proof: string): Pick<PageHostProof, "isVerified" | "sentence"> {
  switch (found.kind) {
    case "failed":
      return {
        isVerified: false,
        sentence: "The name servers did not answer in time. Try again in a minute.",
      };
    case "none":
      return {
        isVerified: false,
        sentence: "There is no such TXT record yet. A new one can take as long as its zone's TTL to be seen.",
      };
    case "records":
      return found.records.some((record) => holdsProof(record, proof))
        ? { isVerified: true, sentence: "The TXT record is there." }
        : {
            isVerified: false,
            sentence: "There is a TXT record of this name, but with another text. Compare it with this one.",
          };
  }
}
