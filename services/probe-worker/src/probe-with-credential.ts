/** One probe in a credential child: the credential is fetched, used and forgotten. */

import type { ProbeAnswer } from "@alivemcp/probe/make-finding";
import type { CredentialRenewal, SharedProbeDeps } from "@alivemcp/probe/probe-deps";
import { runProbe } from "@alivemcp/probe/run-probe";
import type { BoxKeys } from "@alivemcp/runtime/sealed-box";
import type { HandoverOrder, ProbeOrder } from "./child-protocol.ts";
import { notMeasured } from "./not-measured.ts";
import { openCredential } from "./open-credential.ts";
import type { ProbeContext } from "./serve-probes.ts";

interface CredentialDeps {
  readonly probeDeps: SharedProbeDeps;
  readonly internalUrl: string;
  readonly keys: BoxKeys;
}

/**
 * Probes with the credential the api gives for this dispatch. Nothing of the plaintext is kept, or in what is returned.
 * Never rejects.
 */
export async function probeWithCredential(
  deps: CredentialDeps,
  input: { readonly order: ProbeOrder; readonly handover: HandoverOrder },
  { signal, onStep }: Pick<ProbeContext, "signal" | "onStep">,
): Promise<ProbeAnswer> {
  const { order, handover } = input;
  const { clock } = deps.probeDeps;
  const startedAtMs = clock.nowMs();
  const { origin } = new URL(order.url);
  const opening = await openCredential(deps, handover, { isRenewal: false, origin, signal });
  const renewCredential = async (): Promise<CredentialRenewal> => {
    const renewal = await openCredential(deps, handover, { isRenewal: true, origin, signal });
    switch (renewal.kind) {
      case "opened":
        return { kind: "renewed", credential: renewal.credential };
      case "rejected":
        return { kind: "refused", detail: renewal.detail };
      case "failed":
        return { kind: "failed" };
    }
  };
  const probeDeps = { ...deps.probeDeps, signal, onStep, renewCredential };
  switch (opening.kind) {
    case "opened":
      return runProbe(probeDeps, { ...order, credential: opening.credential });
    case "rejected":
      return runProbe(probeDeps, { ...order, credential: null, credentialRefusal: opening.detail });
    case "failed":
      return {
        finding: notMeasured(opening.detail, { startedAtMs, observedAtMs: clock.nowMs() }),
        toolList: null,
      };
  }
}
