/** Epoch milliseconds as the events engine reads a DateTime64(3): seconds with three digits after the point. */
export function timeOfMs(ms: number): string {
  const whole = Math.floor(ms);
  return `${Math.floor(whole / 1000)}.${String(whole % 1000).padStart(3, '0')}`;
}

/** Epoch nanoseconds in decimal digits as the events engine reads a DateTime64(9), which takes no leading zeros. */
export function timeOfNanos(nanos: string): string {
  const digits = String(BigInt(nanos)).padStart(10, '0');
  return `${digits.slice(0, -9)}.${digits.slice(-9)}`;
}
