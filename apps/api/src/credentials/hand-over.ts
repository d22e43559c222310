/**
 * Gives one credential to one credential child, for one dispatch of one job: the contract of
 * services/core/src/credential-handover.ts. The plaintext exists here between decrypting and sealing, and nowhere else.
 */
import { AppError } from "@alivemcp/core/app-error";
import {
  HANDOVER_REPEAT_MS,
  HANDOVER_VERSION,
  type HandoverAnswer,
  type handoverRequestSchema,
  type OpenedCredential,
} from "@alivemcp/core/credential-handover";
import { type CredentialTicketClaims, readCredentialTicket } from "@alivemcp/core/credential-ticket";
import { handoverKey } from "@alivemcp/core/pipeline";
import { sealBox } from "@alivemcp/runtime/sealed-box";
import type { z } from "zod";
import type { Deps } from "../deps.ts";
import type { AccessDeps } from "../oauth/access-token.ts";
import { openCredential } from "./open-credential.ts";

type HandOverDeps = AccessDeps & Pick<Deps, "config" | "handovers">;
type Request = z.output<typeof handoverRequestSchema>;

/**
 * Answers with the sealed credential, or with `rejected` when the authorization server refused us. The caller has proved
 * its region. Throws `forbidden` (ticket), `not_found` (no such credential any more), `conflict` (another key, or too
 * late), `upstream` (the authorization server did not answer).
 */
export async function handOver(deps: HandOverDeps, request: Request): Promise<HandoverAnswer> {
  const claims = requireTicket(deps, request);
  const key = handoverKey(request);
  const lifeMs = claims.expiresAtMs - deps.clock.nowMs() + HANDOVER_REPEAT_MS;
  const known = await takeTurn(deps, { key, lifeMs, request, claims });
  if (known !== null) {
    deps.handovers.inc({ outcome: "repeated" });
    return known;
  }
  const opened = await openCredential(deps, claims, request);
  const answer = opened.kind === "opened" ? sealed(request, claims, opened.credential) : opened;
  return keepAnswer(deps, key, answer);
}

function requireTicket(
  deps: Pick<HandOverDeps, "config" | "clock">,
  request: Request,
): CredentialTicketClaims {
  const reading = readCredentialTicket(deps.config.TICKET_KEY, request.ticket, deps.clock.nowMs());
  if (reading.kind === "invalid") {
    throw forbidden(`ticket: ${reading.reason}`);
  }
  const { claims } = reading;
  if (claims.region !== request.region || claims.jobId !== request.jobId) {
    throw forbidden("ticket: of another region or job");
  }
  return claims;
}

interface Turn {
  readonly key: string;
  readonly lifeMs: number;
  readonly request: Request;
  readonly claims: CredentialTicketClaims;
}

/**
 * Claims this dispatch for the asking key, or finds the answer it got already. The mark outlives the ticket, so that a
 * dispatch is never opened to a second key. A repeat that finds no answer (the first try failed, or is still under way)
 * is worked out again, for the same key.
 */
async function takeTurn(
  deps: HandOverDeps,
  { key, lifeMs, request, claims }: Turn,
): Promise<HandoverAnswer | null> {
  const nowMs = deps.clock.nowMs();
  const mark = `${nowMs} ${request.publicKey}`;
  if ((await deps.redis.set(key, mark, "PX", lifeMs, "NX")) === "OK") {
    return null;
  }
  const [atMs, publicKey] = ((await deps.redis.get(key)) ?? mark).split(" ", 2);
  if (publicKey !== request.publicKey) {
    const { region, jobId, dispatch } = request;
    deps.handovers.inc({ outcome: "other-key" });
    deps.log.warn(
      { region, jobId, dispatch, endpointId: claims.endpointId },
      "a second key asked for the credential of a dispatch",
    );
    throw conflict("another key asked for this dispatch", "Another key asked for this dispatch already.");
  }
  if (nowMs - Number(atMs) > HANDOVER_REPEAT_MS) {
    throw conflict("repeat came too late", "This dispatch was answered more than a minute ago.");
  }
  const answer = await deps.redis.get(`${key}:answer`);
  return answer === null ? null : (JSON.parse(answer) as HandoverAnswer);
}

/** What was sealed first is the answer, also when two repeats were worked out at once. It is readable to the asking key only. */
async function keepAnswer(
  deps: Pick<HandOverDeps, "redis" | "handovers">,
  key: string,
  answer: HandoverAnswer,
): Promise<HandoverAnswer> {
  const name = `${key}:answer`;
  deps.handovers.inc({ outcome: answer.kind });
  const isFirst = await deps.redis.set(name, JSON.stringify(answer), "PX", HANDOVER_REPEAT_MS, "NX");
  const kept = isFirst === "OK" ? null : await deps.redis.get(name);
  return kept === null ? answer : (JSON.parse(kept) as HandoverAnswer);
}

function sealed(
  { publicKey, region, jobId, dispatch }: Request,
  { endpointId }: CredentialTicketClaims,
  credential: Omit<OpenedCredential, "v">,
): HandoverAnswer {
  const plaintext = Buffer.from(
    JSON.stringify({ v: HANDOVER_VERSION, ...credential } satisfies OpenedCredential),
  );
  try {
    return { kind: "sealed", ...sealBox(publicKey, plaintext, { region, jobId, dispatch, endpointId }) };
  } catch (cause) {
    throw new AppError({
      code: "invalid",
      internal: "not a usable public key",
      public: "The public key is not usable.",
      field: "publicKey",
      cause,
    });
  }
}

const forbidden = (internal: string) =>
  new AppError({ code: "forbidden", internal, public: "This ticket opens nothing here." });
const conflict = (internal: string, sentence: string) =>
  new AppError({ code: "conflict", internal, public: sentence });
