/** Formats numbers, times and durations for people: English, 24-hour clock, local time. */

const grouped = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 });
const compact = new Intl.NumberFormat('en-US', { notation: 'compact', maximumFractionDigits: 1 });

/** Placeholder for a missing number. */
export const NONE = '–';

export function count(value: number): string {
  return grouped.format(value);
}

/** A compact count: `950`, `12.3K`, `4M`. */
export function shortCount(value: number): string {
  return Math.abs(value) < 10_000 ? grouped.format(value) : compact.format(value);
}

/** US dollars with at least three significant digits, because functions cost millionths of a dollar. */
export function usd(value: number | null): string {
  if (value === null) return NONE;
  if (value === 0 || value >= 100) return `$${grouped.format(value)}`;
  const digits = Math.max(2, 2 - Math.floor(Math.log10(value)));
  return `$${value.toFixed(digits)}`;
}

/** A rate per second; per minute below 0.1. */
export function perSecond(value: number): string {
  if (value === 0) return '0/s';
  if (value < 0.1) return `${(value * 60).toFixed(1)}/min`;
  return value < 100 ? `${value.toFixed(1)}/s` : `${shortCount(value)}/s`;
}

/** A share from 0 to 1 as a percentage: `0.04%`, `4.2%`, `42%`; NONE for null. */
export function percent(share: number | null): string {
  if (share === null) return NONE;
  const value = share * 100;
  if (value === 0) return '0%';
  if (Math.abs(value) < 0.1) return `${value.toFixed(2)}%`;
  return Math.abs(value) < 10 ? `${value.toFixed(1)}%` : `${Math.round(value)}%`;
}

export function share(part: number, whole: number): number | null {
  return whole === 0 ? null : part / whole;
}

/** A latency in milliseconds: `0.4 ms`, `128 ms`, `1.28 s`; NONE for null. */
export function latency(ms: number | null): string {
  if (ms === null) return NONE;
  if (ms === 0) return '0 ms';
  if (ms < 10) return `${ms.toFixed(1)} ms`;
  if (ms < 999.5) return `${Math.round(ms)} ms`;
  return ms < 60_000 ? `${(ms / 1000).toFixed(ms < 9_995 ? 2 : 1)} s` : duration(ms);
}

/** A duration in its two largest units: `45 s`, `3 m 20 s`, `2 h 5 m`, `4 d 2 h`. */
export function duration(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000));
  const parts: [number, string][] = [
    [Math.floor(seconds / 86_400), 'd'],
    [Math.floor(seconds / 3600) % 24, 'h'],
    [Math.floor(seconds / 60) % 60, 'm'],
    [seconds % 60, 's'],
  ];
  const first = parts.findIndex(([value]) => value > 0);
  if (first < 0) return '0 s';
  return parts
    .slice(first, first + 2)
    .filter(([value]) => value > 0)
    .map(([value, unit]) => `${value} ${unit}`)
    .join(' ');
}

/** Elapsed seconds as on a stopwatch: `0:45`, `12:05`, `1:02:30`. */
export function stopwatch(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  const hours = Math.floor(whole / 3600);
  const minutes = Math.floor(whole / 60) % 60;
  const rest = String(whole % 60).padStart(2, '0');
  return hours > 0 ? `${hours}:${String(minutes).padStart(2, '0')}:${rest}` : `${minutes}:${rest}`;
}

export function bytes(value: number): string {
  if (value < 1024) return `${value} B`;
  const power = Math.min(3, Math.floor(Math.log2(value) / 10));
  return `${(value / 1024 ** power).toFixed(1)} ${['B', 'KiB', 'MiB', 'GiB'][power]}`;
}

/** An age in its largest unit: `just now`, `12 s ago`, `3 h ago`. */
export function ago(iso: string, nowMs: number): string {
  const seconds = Math.round((nowMs - Date.parse(iso)) / 1000);
  if (seconds < 2) return 'just now';
  if (seconds < 60) return `${seconds} s ago`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ago`;
  return seconds < 86_400 ? `${Math.floor(seconds / 3600)} h ago` : `${Math.floor(seconds / 86_400)} d ago`;
}

/** Time until a moment, in its largest unit: `in 3 h`, `in 89 d`; `over` once it has passed. */
export function ahead(iso: string, nowMs: number): string {
  const seconds = Math.round((Date.parse(iso) - nowMs) / 1000);
  if (seconds <= 0) return 'over';
  if (seconds < 3600) return `in ${Math.max(1, Math.floor(seconds / 60))} min`;
  return seconds < 86_400 ? `in ${Math.floor(seconds / 3600)} h` : `in ${Math.floor(seconds / 86_400)} d`;
}

const timeOfDay = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', second: '2-digit' });
const hourMinute = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit' });
const moment = new Intl.DateTimeFormat('en-GB', {
  day: 'numeric',
  month: 'short',
  hour: '2-digit',
  minute: '2-digit',
});
const monthDay = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', timeZone: 'UTC' });

export function clockTime(iso: string): string {
  return timeOfDay.format(new Date(iso));
}

/** Epoch seconds as `14:05`. */
export function minuteOf(epochSeconds: number): string {
  return hourMinute.format(new Date(epochSeconds * 1000));
}

/** `23 Nov, 14:05`. */
export function dateTime(iso: string): string {
  return moment.format(new Date(iso));
}

/** A calendar day `YYYY-MM-DD` as `16 Nov`. */
export function dayName(day: string): string {
  return monthDay.format(new Date(`${day}T00:00:00Z`));
}

/** The ratio treatment / control: `0.87×`; NONE for null. */
export function ratio(value: number | null): string {
  if (value === null) return NONE;
  return value >= 10 ? `${value.toFixed(1)}×` : `${value.toFixed(2)}×`;
}

/** A difference treatment - control in the metric's own unit, with three significant digits: `+0.12`, `−3.4`, `0`. */
export function difference(value: number): string {
  if (value === 0) return '0';
  return `${value > 0 ? '+' : '−'}${Number(Math.abs(value).toPrecision(3))}`;
}

/** The bounds of a confidence sequence; an open end is 0 or ∞. */
export function bounds(low: number | null, high: number | null): string {
  return `${low === null ? '0' : ratio(low)} to ${high === null ? '∞' : ratio(high)}`;
}

/** Evidence, given as its natural logarithm: `0.31`, `12.4`, `20`, `3,100`, `over a million`. */
export function evidence(logE: number): string {
  const value = Math.exp(logE);
  if (value > 1e6) return 'over a million';
  if (value < 0.01) return 'under 0.01';
  if (value < 10) return value.toFixed(2);
  return value < 100 ? String(Number(value.toFixed(1))) : grouped.format(value);
}

export function plural(value: number, one: string, many = `${one}s`): string {
  return `${count(value)} ${value === 1 ? one : many}`;
}
