/** What a probe needs of its process, and what one probe is asked. */
import { createSecureContext, type SecureContext } from "node:tls";
import type { HealthOptions } from "@alivemcp/core/health-options";
import type { Expectations, ProbeStep, RememberedWire } from "@alivemcp/core/pipeline";
import type { Transport } from "@alivemcp/core/states";
import { type AddressGuard, createAddressGuard } from "./address-guard.ts";
import { createMetadataCache, type MetadataCache } from "./metadata-cache.ts";
import { createPatternMatcher, type PatternMatcher } from "./pattern-matcher.ts";
import { createResolveHost, type ResolveHost } from "./resolve-host.ts";
import { createToolListCache, type ToolListCache } from "./tool-list-cache.ts";

export interface ProbeDeps {
  readonly clock: { nowMs(): number };
  readonly resolve: ResolveHost;
  readonly guard: AddressGuard;
  readonly secureContext: SecureContext;
  /** `AliveMCP/<version> (+<public URL>/bot)`, also what `clientInfo` says. */
  readonly userAgent: string;
  readonly toolListCache: ToolListCache;
  readonly metadataCache: MetadataCache;
  readonly patterns: PatternMatcher;
  /** Told when bytes of an answer arrive, before anything is done with them: who was at work when a process stalls. */
  readonly onBytes?: () => void;
  /** Told of each step when it ends, live; the finding carries them all again. */
  readonly onStep?: (step: ProbeStep) => void;
  /** Told what the endpoint said of itself when it greeted: whole, as a stranger's words, to be searched and not shown. */
  readonly onGreeting?: (words: { readonly serverInfo: unknown; readonly instructions: unknown }) => void;
  /** Ends the probe at once (reason `probe_error`); sessions are still closed, within 1.5 s. */
  readonly signal?: AbortSignal;
  /** Asked once when the endpoint refuses the credential as such; bounds its own time. Never rejects. */
  readonly renewCredential?: () => Promise<CredentialRenewal>;
}

/** The part that all probes of a process share. */
export type SharedProbeDeps = Omit<
  ProbeDeps,
  "onBytes" | "onStep" | "onGreeting" | "signal" | "renewCredential"
>;

export interface ProbeCredential {
  readonly bearer?: string;
  /** Sent on every request to the endpoint's own origin. */
  readonly headers?: Readonly<Record<string, string>>;
  /** End of its life as far as anybody told; null or absent: not known. Only words of a refusal depend on it. */
  readonly expiresAtMs?: number | null;
}

/** What came of asking for a newer credential. */
export type CredentialRenewal =
  | { readonly kind: "renewed"; readonly credential: ProbeCredential }
  /** The authorization server refused, in these words. */
  | { readonly kind: "refused"; readonly detail: string }
  /** Nobody could say. */
  | { readonly kind: "failed" };

export interface ProbeRequest {
  readonly url: string;
  readonly transport: Transport;
  readonly remembered: RememberedWire | null;
  readonly lastFullHash: string | null;
  readonly isToolListEmptyAtBaseline: boolean;
  readonly health: HealthOptions;
  /** For everything but closing sessions, which has 1.5 s more. */
  readonly budgetMs: number;
  readonly hasSecondAttempt: boolean;
  readonly credential: ProbeCredential | null;
  /** The endpoint has a credential, and its authorization server refused it: the wall is looked at from outside. */
  readonly credentialRefusal?: string;
  /** What the owner expects beyond the protocol; absent: nothing. */
  readonly expectations?: Expectations;
  /** Detect the era from nothing, as on the first probe, whatever is remembered. */
  readonly isDetectionForced?: boolean;
}

const VERSION = "0.1.0";

/** Opens what all probes of a process share: address guard, trust anchors, caches. Throws `invalid` on a bad range. */
export function createProbeDeps(config: {
  readonly allowCidrs: readonly string[];
  readonly publicUrl: string;
  /** For the CLI on its user's machine: private addresses are fine there. */
  readonly allowPrivate?: boolean;
}): SharedProbeDeps {
  const { allowCidrs, allowPrivate = false } = config;
  return {
    clock: { nowMs: () => Date.now() },
    resolve: createResolveHost(),
    guard: createAddressGuard({ allowCidrs, allowPrivate }),
    secureContext: createSecureContext(),
    userAgent: `AliveMCP/${VERSION} (+${config.publicUrl.replace(/\/+$/, "")}/bot)`,
    toolListCache: createToolListCache(),
    metadataCache: createMetadataCache(),
    patterns: createPatternMatcher(),
  };
}
