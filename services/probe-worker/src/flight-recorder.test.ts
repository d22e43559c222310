import fc from "fast-check";
import { expect, test } from "vitest";
import { createFlightRecorder, openFlightRecording, RECORDED_DISPATCHES } from "./flight-recorder.ts";

test("the recording names the dispatches touched last, newest first, each once", () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 40 }), { maxLength: 100 }), (touches) => {
      const recording = openFlightRecording();
      const record = createFlightRecorder(recording.fd);
      for (const dispatch of touches) {
        record(dispatch);
      }
      const changes = touches.filter((dispatch, n) => dispatch !== touches[n - 1]);
      const kept = changes.slice(-(RECORDED_DISPATCHES - 1));
      expect(recording.read()).toEqual([...new Set(kept.toReversed())]);
      recording.close();
    }),
  );
});
