/** What one region said within one minute, over many endpoints. */
export interface RegionMinute {
  /** Endpoints it measured. */
  readonly answered: number;
  /** Of these, found `down`. */
  readonly down: number;
  /** Of these, found `down` now and not so the time before. */
  readonly turnedDown: number;
}

export interface SuspicionPolicy {
  /** With fewer endpoints a majority says nothing. */
  readonly endpointsMin: number;
}

export const SUSPICION_POLICY: SuspicionPolicy = { endpointsMin: 5 };

export type SuspicionReason =
  | "inconspicuous"
  /** More than half of what it measures turned down there, and nowhere else: it is the region, not the world. */
  | "turned-down-alone"
  /** Still finds most of what it measures down, while another region does not. */
  | "still-down-alone"
  /** Other regions see the same. */
  | "seen-elsewhere"
  | "too-few-endpoints";

export interface SuspicionVerdict {
  readonly isSuspected: boolean;
  readonly reason: SuspicionReason;
}

/**
 * Says whether a region is to be suspected instead of the endpoints it finds down.
 *
 * `now` is the present minute so far, `before` the last whole one, each by region: how many endpoints a region serves
 * is known from the last whole minute only. A region that is alone in its installation is believed again after the
 * minute in which everything turned: nobody is there to contradict it.
 */
export function suspectRegion(
  region: string,
  minutes: {
    readonly now: Readonly<Record<string, RegionMinute>>;
    readonly before: Readonly<Record<string, RegionMinute>>;
    readonly wasSuspected: boolean;
  },
  policy: SuspicionPolicy = SUSPICION_POLICY,
): SuspicionVerdict {
  const [now, before] = [minutes.now[region], minutes.before[region]];
  const served = Math.max(now?.answered ?? 0, before?.answered ?? 0);
  if (served < policy.endpointsMin) {
    return { isSuspected: false, reason: "too-few-endpoints" };
  }
  const others = Object.keys({ ...minutes.now, ...minutes.before }).filter((other) => other !== region);
  if (hasTurned(now, served) || (minutes.wasSuspected && hasTurned(before, served))) {
    const isSeenElsewhere = others.some((other) => {
      const elsewhere = Math.max(minutes.now[other]?.answered ?? 0, minutes.before[other]?.answered ?? 0);
      return hasTurned(minutes.now[other], elsewhere) || hasTurned(minutes.before[other], elsewhere);
    });
    return isSeenElsewhere
      ? { isSuspected: false, reason: "seen-elsewhere" }
      : { isSuspected: true, reason: "turned-down-alone" };
  }
  const contradicts = (other: string) => {
    const said = minutes.before[other];
    return said !== undefined && said.answered > 0 && !isMostlyDown(said);
  };
  return minutes.wasSuspected && before !== undefined && isMostlyDown(before) && others.some(contradicts)
    ? { isSuspected: true, reason: "still-down-alone" }
    : { isSuspected: false, reason: "inconspicuous" };
}

const hasTurned = (said: RegionMinute | undefined, served: number) => (said?.turnedDown ?? 0) * 2 > served;
const isMostlyDown = ({ answered, down }: RegionMinute) => down * 2 > answered;
