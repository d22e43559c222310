/**
 * `npm run drill:alerts [-- --json] [-- --short]`: the alert router dies at every touch of the world between the first
 * failing probe and the message that all is well; then, on a whole copy, it is killed and both stores are restarted in the
 * middle of outages. Counts messages that were lost, and those that a person would see twice. `--short`: without the copy.
 */
import { parseArgs } from "node:util";
import { type LifeDeath, openLifeWorld, STEPS } from "./alert-lives.ts";
import { runRestarts } from "./alert-restarts.ts";

const { values: flags } = parseArgs({
  options: { json: { type: "boolean", default: false }, short: { type: "boolean", default: false } },
});
const say = (line: string) => void (flags.json || console.log(line));

const report = { crash_points: 0, lost: 0, visible_duplicates: 0, repeats_with_same_key: 0 };
const world = await openLifeWorld();
try {
  for (const step of STEPS) {
    const { touches } = await live({ step, touch: null });
    for (let call = 1; call <= touches; call += 1) {
      for (const isDone of [false, true]) {
        report.crash_points += 1;
        await live({ step, touch: { call, isDone } });
      }
    }
    say(`${step}: died ${touches * 2} times`);
  }
} finally {
  await world.close();
}
const restarts = flags.short ? null : await runRestarts(say);
const result = {
  ...report,
  lost: report.lost + (restarts?.lost ?? 0),
  visible_duplicates: report.visible_duplicates + (restarts?.visibleDuplicates ?? 0),
  restarts: restarts?.restarts ?? [],
};
if (flags.json) {
  console.log(JSON.stringify(result));
} else {
  console.table({ ...result, restarts: result.restarts.join(", ") });
}
process.exitCode = result.lost === 0 && result.visible_duplicates === 0 ? 0 : 1;

async function live(death: LifeDeath) {
  const life = await world.live(death);
  if (life.lost + life.visibleDuplicates > 0) {
    say(`${JSON.stringify(death)}: ${JSON.stringify(life)}`);
  }
  report.lost += life.lost;
  report.visible_duplicates += life.visibleDuplicates;
  report.repeats_with_same_key += life.repeats;
  return life;
}
