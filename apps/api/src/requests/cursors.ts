import { createHmac, hkdfSync, timingSafeEqual } from "node:crypto";
import { AppError } from "@alivemcp/core/app-error";
import { z } from "zod";

export interface Cursors {
  /** Where a list goes on: `list` names the list with its filters, `position` is the last row's place in its order. */
  write(list: string, position: readonly (string | number)[]): string;
  /** The position; null without a cursor. Throws `invalid` when it is not one of ours for this very list. */
  read(list: string, cursor: string | undefined): readonly (string | number)[] | null;
}

const MAC_BYTES = 16;
const positionSchema = z.array(z.union([z.string(), z.number()])).max(8);

/**
 * Opaque, signed cursors: they name the last row seen, so rows added meanwhile shift nothing, and one that was changed
 * or belongs to another list is refused instead of guessed at. All processes with the same operator key share them.
 */
export function createCursors(operatorKey: string): Cursors {
  const macKey = Buffer.from(hkdfSync("sha256", operatorKey, "", "alivemcp cursor", 32));
  const sign = (list: string, text: string) =>
    createHmac("sha256", macKey).update(`${list}\n${text}`).digest().subarray(0, MAC_BYTES);
  return {
    write(list, position) {
      const text = JSON.stringify(position);
      return Buffer.concat([sign(list, text), Buffer.from(text)]).toString("base64url");
    },
    read(list, cursor) {
      if (cursor === undefined) {
        return null;
      }
      const bytes = Buffer.from(cursor, "base64url");
      const text = bytes.subarray(MAC_BYTES).toString();
      const isOurs =
        bytes.length > MAC_BYTES &&
        bytes.toString("base64url") === cursor &&
        timingSafeEqual(bytes.subarray(0, MAC_BYTES), sign(list, text));
      if (!isOurs) {
        throw new AppError({
          code: "invalid",
          internal: "bad cursor",
          public: "This cursor is not one of this list; start without it.",
          field: "cursor",
        });
      }
      return positionSchema.parse(JSON.parse(text));
    },
  };
}
