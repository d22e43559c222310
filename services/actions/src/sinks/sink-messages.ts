import { ALERT_MESSAGE_VERSION, type AlertMessage } from "@alivemcp/core/alert-message";
import { publicLine } from "@alivemcp/core/public-text";
import { SINK_KIND_FACTS, type SinkKind } from "@alivemcp/core/sink-kind";
import type { NewProof } from "./sink-proof.ts";

/** What a message about a sink itself is made from. */
export interface SinkMessageInput {
  readonly sinkId: string;
  readonly kind: SinkKind;
  readonly name: string;
  readonly workspace: { readonly name: string; readonly slug: string };
  readonly appUrl: string;
  readonly atMs: number;
}

/** Proves a sink: the only message that an unverified one gets. */
export function verificationMessage(input: SinkMessageInput, proof: NewProof): AlertMessage {
  const isLink = SINK_KIND_FACTS[input.kind].proof === "link";
  const workspace = publicLine(input.workspace.name, 100) || "A workspace";
  return {
    ...plain(input),
    event: "verification",
    isTest: false,
    title: "Confirm that alerts may be sent here",
    summary: isLink
      ? `The workspace ${workspace} of AliveMCP wants to send alerts to this address. Open the link within 24 hours and press the button. If you did not expect this, do nothing: nothing else is sent.`
      : `The workspace ${workspace} of AliveMCP wants to send alerts here. Type this code into AliveMCP within 15 minutes. If you did not expect this, do nothing: nothing else is sent.`,
    facts: [{ label: "Workspace", value: workspace }],
    links: isLink ? [] : [{ label: "Type the code", url: `${sinkUrl(input)}/verify` }],
    proof: { code: proof.code, url: proof.url },
  };
}

/** Shows somebody that a sink works. */
export function testMessage(input: SinkMessageInput): AlertMessage {
  const workspace = publicLine(input.workspace.name, 100) || "A workspace";
  return {
    ...plain(input),
    event: "test",
    isTest: true,
    title: "Test: alerts arrive here",
    summary: `Somebody in the workspace ${workspace} of AliveMCP asked for this message to see that alerts arrive. Nothing is wrong.`,
    facts: [{ label: "Workspace", value: workspace }],
    links: [{ label: "This sink", url: sinkUrl(input) }],
    proof: null,
  };
}

const sinkUrl = ({ appUrl, workspace, sinkId }: SinkMessageInput) =>
  `${appUrl}/w/${workspace.slug}/sinks/${sinkId}`;

const plain = ({ sinkId, atMs }: SinkMessageInput) => ({
  v: ALERT_MESSAGE_VERSION as typeof ALERT_MESSAGE_VERSION,
  severity: null,
  dedupKey: `sink:${sinkId}:${atMs}`,
  atMs,
  isWorse: false,
  endpoint: null,
  incident: null,
  entries: [],
  entriesLeftOut: 0,
});
