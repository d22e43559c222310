/** Takes the body of a reply as it arrives: decodes it, counts the decoded bytes, and keeps it or feeds a reader. */
import type { Transform } from "node:stream";
import { createBrotliDecompress, createGunzip, createInflate, createZstdDecompress } from "node:zlib";
import type { ExchangeOutcome } from "@alivemcp/core/probe-outcome";

export interface BodyReader {
  /** Takes decoded bytes; `done` when it has what it came for. */
  push(chunk: Buffer): "more" | "done";
}

export interface BodySink {
  write(chunk: Buffer): void;
  end(): void;
  /** What was kept so far; empty when a reader took it. */
  taken(): Buffer;
  isSatisfied(): boolean;
  /** Stops decoding; nothing more will be taken. */
  drop(): void;
}

interface BodySinkInput {
  readonly encoding: string | string[] | undefined;
  readonly bytesMax: number;
  readonly reader: BodyReader | null;
  onFailed(outcome: ExchangeOutcome): void;
  onEnded(): void;
  onSatisfied(): void;
}

const DECODERS: Readonly<Record<string, () => Transform>> = {
  gzip: createGunzip,
  "x-gzip": createGunzip,
  deflate: createInflate,
  br: createBrotliDecompress,
  zstd: createZstdDecompress,
};

/**
 * Opens the sink of one reply. We never ask for an encoding; an endpoint that uses one anyway is decoded chunk by chunk,
 * so that a bomb is seen at the bound and not after it.
 */
export function openBodySink(input: BodySinkInput): BodySink {
  const chunks: Buffer[] = [];
  let bytes = 0;
  let isSatisfied = false;
  let isOver = false;

  const end = () => {
    if (!isOver) {
      isOver = true;
      input.onEnded();
    }
  };
  const fail = (outcome: ExchangeOutcome) => {
    if (isSatisfied) {
      end();
    } else if (!isOver) {
      isOver = true;
      input.onFailed(outcome);
    }
  };
  const take = (chunk: Buffer) => {
    if (isOver || isSatisfied) {
      return;
    }
    bytes += chunk.length;
    if (bytes > input.bytesMax) {
      fail({ kind: "too-large", detail: "response_too_large" });
    } else if (input.reader === null) {
      chunks.push(chunk);
    } else if (input.reader.push(chunk) === "done") {
      isSatisfied = true;
      input.onSatisfied();
    }
  };
  const decoder = openDecoder(input.encoding);
  decoder?.on("data", take);
  decoder?.on("end", end);
  decoder?.on("error", () => fail({ kind: "truncated", detail: "bad_content_encoding" }));

  return {
    write: (chunk) => {
      if (decoder === null) {
        take(chunk);
      } else if (!isOver && !decoder.destroyed) {
        decoder.write(chunk);
      }
      if (isOver) {
        decoder?.destroy();
      }
    },
    end: () => (decoder === null ? end() : decoder.end()),
    taken: () => (chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks)),
    isSatisfied: () => isSatisfied,
    drop: () => {
      isOver = true;
      decoder?.destroy();
    },
  };
}

/** Null for an identity body. An encoding that nobody knows is read as it is, and fails as what it then looks like. */
function openDecoder(encoding: string | string[] | undefined): Transform | null {
  if (encoding === undefined) {
    return null;
  }
  const name = String(encoding).trim().toLowerCase();
  return DECODERS[name]?.() ?? null;
}
