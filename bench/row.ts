/** One figure of a benchmark and its peer. */
export interface Row {
  case: string;
  value: number;
  /** Unit of the value, such as `us added per invocation`. */
  unit: string;
  /** The peer measured in the same run; '' without a peer. */
  versus: string;
  /** The value divided by the peer's; undefined without a peer. */
  ratio: number | undefined;
}

/** Runs a benchmark, reports progress as text, and returns its rows. */
export type Bench = (progress: (text: string) => void) => Promise<Row[]>;

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}
