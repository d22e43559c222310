/**
 * An event stream that should carry the answer to one request, perhaps after other messages. It may end before the
 * answer and be taken up again by `Last-Event-ID` after `retry` ms (MCP 2025-11-25, Transports, "Resumability").
 */
import type { ProbeOutcome } from "@alivemcp/core/probe-outcome";
import type { BodyReader } from "./body-sink.ts";
import { keepEvidence } from "./evidence.ts";
import type { ExchangeResult } from "./exchange.ts";
import type { ReplyHead } from "./exchange-scope.ts";
import { pause } from "./pause.ts";
import type { ProbeRun } from "./probe-run.ts";
import { type Reading, type Recognise, type RpcReply, readRpcText, replyOf } from "./rpc.ts";
import { createSseParser, type SseParser } from "./sse-parser.ts";

export interface AnswerStream {
  readonly reader: BodyReader;
  parser: SseParser;
  answer: { readonly reading: Extract<Reading, { kind: "answer" | "known" }>; readonly raw: string } | null;
  /** The first thing wrong on it, told when no answer comes. */
  fault: ProbeOutcome | null;
}

interface AnswerStreamInput {
  readonly id: number;
  readonly recognise: Recognise | null;
  onPing(id: string | number): void;
}

/** Asks for the rest of the stream; null in the modern era, which has no resumption. */
export type ResumeStream = ((eventId: string, timeoutMs: number) => Promise<ExchangeResult>) | null;

const RESUMES_MAX = 3;
const RETRY_MS_DEFAULT = 1_000;
const RETRY_MS_MAX = 5_000;

/** Whether the head announces such a stream. */
export function isEventStream(head: ReplyHead): boolean {
  return head.status >= 200 && head.status < 300 && head.contentType === "text/event-stream";
}

export function openAnswerStream(run: ProbeRun, input: AnswerStreamInput): AnswerStream {
  const stream: AnswerStream = {
    reader: {
      push: (chunk) => {
        stream.parser.push(chunk);
        return stream.answer === null ? "more" : "done";
      },
    },
    parser: createSseParser(({ data }) => takeEvent(run, stream, input, data)),
    answer: null,
    fault: null,
  };
  return stream;
}

/** False when the event is the answer: the rest of the stream is no business of ours. */
function takeEvent(run: ProbeRun, stream: AnswerStream, input: AnswerStreamInput, data: string): boolean {
  const reading = readRpcText(run, data, input.id, input.recognise);
  switch (reading.kind) {
    case "answer":
    case "known":
      stream.answer = { reading, raw: data };
      return false;
    case "failed":
      stream.fault ??= reading.outcome;
      keepEvidence(run, data);
      return true;
    case "nothing":
      if (reading.hasWrongId) {
        stream.fault ??= { kind: "handshake-invalid", detail: "id_mismatch" };
      }
      reading.pings.forEach(input.onPing);
      return true;
  }
}

/** Ends with the stream's answer, taking the stream up a bounded number of times when it said how. */
export async function awaitAnswer(
  run: ProbeRun,
  stream: AnswerStream,
  first: ExchangeResult,
  deadlineMs: number,
  resume: ResumeStream,
): Promise<RpcReply> {
  let last = first;
  for (let resumes = 0; stream.answer === null && resumes < RESUMES_MAX && isOpenEnded(last); resumes += 1) {
    const next = await takeUp(run, stream, deadlineMs, resume);
    if (next === null) {
      break;
    }
    last = next;
  }
  if (stream.answer !== null && first.head !== null) {
    const { reading, raw } = stream.answer;
    const endMs = last.kind === "replied" ? last.endMs : performance.now();
    return replyOf(reading, { raw, head: first.head, sentMs: first.sentMs, endMs });
  }
  // A stream that carried something wrong and then stayed open is at fault for that, not for its silence.
  const isSilence = last.kind === "failed" && last.outcome.kind === "timed-out" && stream.fault !== null;
  if (last.kind === "failed" && last.outcome.kind !== "truncated" && !isSilence) {
    return { kind: "failed", outcome: last.outcome };
  }
  return { kind: "failed", outcome: stream.fault ?? { kind: "not-json-rpc", detail: "sse_no_response" } };
}

/** A stream that ended, in order or not; one that ran into a bound or a deadline of ours is over. */
function isOpenEnded(result: ExchangeResult): boolean {
  return result.kind === "failed" ? result.outcome.kind === "truncated" : isEventStream(result.head);
}

async function takeUp(
  run: ProbeRun,
  stream: AnswerStream,
  deadlineMs: number,
  resume: ResumeStream,
): Promise<ExchangeResult | null> {
  const eventId = stream.parser.lastEventId() ?? "";
  const waitMs = Math.min(stream.parser.retryMs() ?? RETRY_MS_DEFAULT, RETRY_MS_MAX);
  const timeoutMs = deadlineMs - performance.now() - waitMs;
  if (resume === null || eventId === "" || timeoutMs <= 0 || !(await pause(run.scope, waitMs))) {
    return null;
  }
  stream.parser = stream.parser.reopened();
  return resume(eventId, timeoutMs);
}
