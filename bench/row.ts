/** One figure of a benchmark, next to what it is compared with. */
export interface Row {
  case: string;
  value: number;
  /** What the value is in, for example `us added per invocation`. */
  unit: string;
  /** The peer measured in the same run; '' when there is none. */
  versus: string;
  /** The value divided by the peer's; undefined when there is no peer. */
  ratio: number | undefined;
}

/** Measures, says now and then how far it is, and gives its rows. */
export type Bench = (progress: (text: string) => void) => Promise<Row[]>;

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}
