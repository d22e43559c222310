/**
 * Who is probed when. Claimed endpoints: their cadence, phase from the id. Unclaimed endpoints that share a registrable
 * domain: seconds of their own, so that the domain never sees two starts in one second; the cadence stretches when the
 * seconds run out.
 */
import type { EndpointPlan } from "./endpoint-plan.ts";
import { invariant } from "./invariant.ts";
import {
  DEAD_MONTH_CADENCE_S,
  DEAD_WEEK_CADENCE_S,
  hashOfId,
  type Timing,
  wantedCadenceS,
} from "./schedule.ts";

const SECOND_MS = 1_000;

type Timed = Pick<
  EndpointPlan,
  "id" | "cadenceS" | "isUnclaimed" | "isFollowed" | "deadSinceMs" | "registrableDomain"
>;

/** Timing of an endpoint that shares no courtesy limit with another one. */
export function timingOf(plan: Timed, nowMs: number): Timing {
  const cadenceMs = wantedCadenceS(plan, nowMs) * SECOND_MS;
  return { cadenceMs, phaseMs: hashOfId(plan.id) % cadenceMs };
}

/**
 * Timings of all unclaimed endpoints of one registrable domain, by endpoint id: at most one start per second, ever.
 *
 * A round is `roundS` seconds, whole minutes. An endpoint owns one second of every round or, when it is long dead, of
 * every quarter hour's or hour's worth of rounds. The round is the shortest in which all fit. Seconds come from the
 * id's hash with linear probing, so that a newcomer moves few of the others.
 */
export function timetableOfDomain(plans: readonly Timed[], nowMs: number): ReadonlyMap<string, Timing> {
  if (plans.length < 2) {
    return new Map(plans.map((plan) => [plan.id, timingOf(plan, nowMs)]));
  }
  const seats = plans.map((plan) => seatOf(plan, nowMs)).sort(bySeniority);
  const round = shortestRound(seats);
  const cells = new Uint8Array(round.roundS * round.rounds.hour);
  return new Map(
    seats.map((seat) => {
      const periodS = round.roundS * round.rounds[seat.rhythm];
      const secondS = takeSecond(cells, periodS, seat.hash);
      const repeats = Math.max(1, Math.ceil(seat.cadenceS / periodS));
      const phaseS = secondS + (seat.hash % repeats) * periodS;
      return [
        seat.id,
        { cadenceMs: repeats * periodS * SECOND_MS, phaseMs: phaseS * SECOND_MS + seat.offsetMs },
      ];
    }),
  );
}

type Rhythm = "round" | "quarterHour" | "hour";
const RHYTHMS: readonly Rhythm[] = ["round", "quarterHour", "hour"];

interface Seat {
  readonly id: string;
  readonly hash: number;
  /** The same for the whole domain: it keeps domains from starting together at full seconds. */
  readonly offsetMs: number;
  readonly cadenceS: number;
  readonly rhythm: Rhythm;
}

function seatOf(plan: Timed, nowMs: number): Seat {
  const cadenceS = wantedCadenceS(plan, nowMs);
  return {
    id: plan.id,
    hash: hashOfId(plan.id),
    offsetMs: hashOfId(plan.registrableDomain) % SECOND_MS,
    cadenceS,
    rhythm: rhythmOf(cadenceS),
  };
}

function rhythmOf(cadenceS: number): Rhythm {
  if (cadenceS >= DEAD_MONTH_CADENCE_S) {
    return "hour";
  }
  return cadenceS >= DEAD_WEEK_CADENCE_S ? "quarterHour" : "round";
}

/** Frequent ones choose first: then whoever comes later finds every free second whole. */
function bySeniority(a: Seat, b: Seat): number {
  return RHYTHMS.indexOf(a.rhythm) - RHYTHMS.indexOf(b.rhythm) || (a.id < b.id ? -1 : 1);
}

interface Round {
  readonly roundS: number;
  /** Rounds between two starts. Each is a multiple of the one before, so that seconds taken never overlap later. */
  readonly rounds: Readonly<Record<Rhythm, number>>;
}

/** The shortest round of whole minutes with a second for everybody. As many seconds as seats always suffice. */
function shortestRound(seats: readonly Seat[]): Round {
  const count = (rhythm: Rhythm) => seats.filter((seat) => seat.rhythm === rhythm).length;
  const [often, seldom, rarely] = [count("round"), count("quarterHour"), count("hour")];
  const roundWith = (roundS: number): Round => {
    const quarterHour = Math.ceil(DEAD_WEEK_CADENCE_S / roundS);
    const hour = quarterHour * Math.ceil(DEAD_MONTH_CADENCE_S / (quarterHour * roundS));
    return { roundS, rounds: { round: 1, quarterHour, hour } };
  };
  let round = roundWith(60);
  while (often + seldom / round.rounds.quarterHour + rarely / round.rounds.hour > round.roundS) {
    round = roundWith(round.roundS + 60);
  }
  return round;
}

/** Takes the first free second of a period, looking on from the hash, in every repetition of that period. */
function takeSecond(cells: Uint8Array, periodS: number, hash: number): number {
  let second = hash % periodS;
  for (let tried = 1; tried < periodS && cells[second] === 1; tried += 1) {
    second = (second + 1) % periodS;
  }
  invariant(cells[second] === 0, "the shortest round has a second for everybody");
  for (let at = second; at < cells.length; at += periodS) {
    cells[at] = 1;
  }
  return second;
}
