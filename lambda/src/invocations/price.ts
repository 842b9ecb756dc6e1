/**
 * AWS Lambda's public prices on demand, first tier, without the free tier, of us-east-1 and most regions.
 * Source: https://aws.amazon.com/lambda/pricing/, 2026-11.
 */
const USD_PER_GB_SECOND = { x86_64: 0.0000166667, arm64: 0.0000133334 };
const USD_PER_REQUEST = 0.2 / 1_000_000;

/** What an invocation would cost on AWS, US dollars: its billed time and its request. */
export function costUsd(billed: { billedMs: number; memoryMb: number; architecture: string }): number {
  const { billedMs, memoryMb, architecture } = billed;
  const gigabyteSeconds = (memoryMb / 1024) * (billedMs / 1000);
  return gigabyteSeconds * USD_PER_GB_SECOND[architecture === 'arm64' ? 'arm64' : 'x86_64'] + USD_PER_REQUEST;
}
