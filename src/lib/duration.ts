const UNITS: Record<string, number> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** Parses "500ms", "20s", "3m", "1.5h" or "2d" to milliseconds; undefined for anything else, 0 included. */
export function parseDuration(text: string): number | undefined {
  const match = /^(\d+(?:\.\d+)?)(ms|s|m|h|d)$/.exec(text.trim());
  const durationMs = match ? Math.round(Number(match[1]) * (UNITS[match[2] as string] as number)) : 0;
  return durationMs > 0 && Number.isSafeInteger(durationMs) ? durationMs : undefined;
}

/** The shortest string that `parseDuration` reads back: 180000 is "3m". */
export function durationText(durationMs: number): string {
  for (const unit of ['d', 'h', 'm', 's']) {
    const size = UNITS[unit] as number;
    if (durationMs >= size && durationMs % size === 0) return `${durationMs / size}${unit}`;
  }
  return durationMs >= 1_000 && durationMs % 100 === 0 ? `${durationMs / 1_000}s` : `${durationMs}ms`;
}
