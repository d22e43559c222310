import { type ClaimChallenge, type ClaimMethod, holdsProof } from "@alivemcp/core/claim-proof";
import type { Transport } from "@alivemcp/core/states";
import { fetchTextFile } from "@alivemcp/probe/fetch-text-file";
import { runProbe } from "@alivemcp/probe/run-probe";
import type { ActionDeps } from "../action-deps.ts";

/** What came of looking for one of the three proofs. */
export interface ProofCheck {
  readonly method: ClaimMethod;
  readonly isFound: boolean;
  /** What was found instead, and what to do: a whole sentence, nothing of what a stranger wrote in it. */
  readonly sentence: string;
}

type ProofDeps = Pick<ActionDeps, "target" | "resolveTxt">;

const MARKER_BUDGET_MS = 15_000;

/** Looks in all three places at once, in the order dns, file, marker. Never rejects; ends within some 20 seconds. */
export function checkProofs(
  deps: ProofDeps,
  endpoint: { readonly url: string; readonly transport: Transport },
  challenge: ClaimChallenge,
): Promise<readonly ProofCheck[]> {
  return Promise.all([
    checkDns(deps, challenge),
    checkFile(deps, challenge),
    checkMarker(deps, endpoint, challenge),
  ]);
}

async function checkDns({ resolveTxt }: ProofDeps, { dnsName, proof }: ClaimChallenge): Promise<ProofCheck> {
  const answer = (isFound: boolean, sentence: string): ProofCheck => ({ method: "dns", isFound, sentence });
  if (dnsName === null) {
    return answer(false, "The endpoint is at an address without a name, so it has no DNS record.");
  }
  const found = await resolveTxt(dnsName);
  switch (found.kind) {
    case "failed":
      return answer(false, "The name servers did not answer in time. Try again in a minute.");
    case "none":
      return answer(
        false,
        "There is no such TXT record yet. A new one can take as long as its zone's TTL to be seen.",
      );
    case "records":
      return found.records.some((record) => holdsProof(record, proof))
        ? answer(true, "The TXT record is there.")
        : answer(
            false,
            "There is a TXT record of this name, but with another text. Compare it with the one above.",
          );
  }
}

async function checkFile({ target }: ProofDeps, { fileUrl, proof }: ClaimChallenge): Promise<ProofCheck> {
  const answer = (isFound: boolean, sentence: string): ProofCheck => ({ method: "file", isFound, sentence });
  const file = await fetchTextFile(target, new URL(fileUrl));
  switch (file.kind) {
    case "unreachable":
      return answer(false, `The file could not be fetched: ${file.detail.replaceAll("_", " ")}.`);
    case "status":
      return answer(false, `The file is not there: its address answers with status ${file.status}.`);
    case "text":
      return holdsProof(file.text, proof)
        ? answer(true, "The file is there.")
        : answer(false, "Something is there, but the text is not in it. Compare it with the one above.");
  }
}

/** Greets the endpoint as a probe does, without credential, calling no tool. */
async function checkMarker(
  { target }: ProofDeps,
  endpoint: { readonly url: string; readonly transport: Transport },
  { proof }: ClaimChallenge,
): Promise<ProofCheck> {
  const answer = (isFound: boolean, sentence: string): ProofCheck => ({
    method: "marker",
    isFound,
    sentence,
  });
  let isGreeted = false;
  let isFound = false;
  await runProbe(
    {
      ...target,
      onGreeting: (words) => {
        isGreeted = true;
        isFound ||= holdsProof(JSON.stringify(words) ?? "", proof);
      },
    },
    {
      url: endpoint.url,
      transport: endpoint.transport,
      remembered: null,
      lastFullHash: null,
      isToolListEmptyAtBaseline: false,
      health: { kind: "never" },
      budgetMs: MARKER_BUDGET_MS,
      hasSecondAttempt: false,
      credential: null,
    },
  );
  if (isFound) {
    return answer(true, "The server says it.");
  }
  return isGreeted
    ? answer(false, "The server answered, but neither its serverInfo nor its instructions hold the text.")
    : answer(
        false,
        "The server did not answer a handshake without a credential, so what it says of itself could not be read.",
      );
}
