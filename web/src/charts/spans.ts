import type uPlot from 'uplot';
import type { RunSummary } from '../../../src/experiments/schema.ts';
import type { Palette } from './palette.ts';

/** The time of an experiment. Both ends are epoch seconds; `to` is null while it runs. */
export interface Span {
  label: string;
  from: number;
  to: number | null;
}

export function spanOf(run: RunSummary): Span {
  const seconds = (iso: string) => Date.parse(iso) / 1000;
  return {
    label: run.title,
    from: seconds(run.startedAt),
    to: run.endedAt === null ? null : seconds(run.endedAt),
  };
}

/** The labels of the spans that overlap the step starting at `at`. */
export function spansAt(spans: readonly Span[], at: number, stepSeconds: number): string[] {
  return spans
    .filter(({ from, to }) => from <= at + stepSeconds && (to ?? Number.POSITIVE_INFINITY) >= at)
    .map(({ label }) => label);
}

/** Draws each span as a tinted area with a hairline at each end. */
export function drawSpans(chart: uPlot, spans: readonly Span[], { colour }: Palette): void {
  const { ctx, bbox } = chart;
  const { min, max } = chart.scales.x as uPlot.Scale;
  if (min == null || max == null) return;
  ctx.save();
  ctx.beginPath();
  ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height);
  ctx.clip();
  for (const { from, to } of spans) {
    if (from > max || (to ?? max) < min) continue;
    const left = chart.valToPos(Math.max(from, min), 'x', true);
    const right = chart.valToPos(Math.min(to ?? max, max), 'x', true);
    ctx.fillStyle = colour('warn-line', 0.1);
    ctx.fillRect(left, bbox.top, Math.max(1, right - left), bbox.height);
    // One device pixel on the pixel grid: a hairline at any pixel density.
    ctx.fillStyle = colour('warn-line', 0.5);
    if (from >= min) ctx.fillRect(Math.round(left), bbox.top, 1, bbox.height);
    if (to !== null && to <= max) ctx.fillRect(Math.round(right), bbox.top, 1, bbox.height);
    ctx.fillStyle = colour('warn-line', 0.9);
    if (from >= min) flag(ctx, left, bbox.top);
  }
  ctx.restore();
}

function flag(ctx: CanvasRenderingContext2D, x: number, y: number): void {
  const size = 6 * devicePixelRatio;
  ctx.beginPath();
  ctx.moveTo(x, y);
  ctx.lineTo(x + size, y + size / 2);
  ctx.lineTo(x, y + size);
  ctx.fill();
}
