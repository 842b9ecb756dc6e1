import type uPlot from 'uplot';
import type { ColourName, Palette } from '../palette.ts';
import type { EffectScale } from './effect-scale.ts';

/** What a confidence chart draws behind and over its lines. */
export interface Reference {
  margin: number;
  scale: EffectScale;
  direction: 'up' | 'down';
  /** Drawn at the last look; null until there is a verdict. */
  verdict: { label: string; colour: ColourName } | null;
  /** Omits the text in the chart. */
  small: boolean;
}

/** Behind the lines: the bad side of the margin. */
export function drawBadSide(
  chart: uPlot,
  { margin, scale, direction }: Reference,
  { colour }: Palette,
): void {
  const { ctx, bbox } = chart;
  const edge = chart.valToPos(scale.toAxis(margin), 'y', true);
  const [top, bottom] = direction === 'up' ? [edge, bbox.top + bbox.height] : [bbox.top, edge];
  ctx.save();
  ctx.fillStyle = colour('bad-line', 0.07);
  ctx.fillRect(bbox.left, top, bbox.width, bottom - top);
  ctx.restore();
}

/** Over the lines: the margin and no effect with their labels, and the verdict where it was reached. */
export function drawReference(chart: uPlot, reference: Reference, palette: Palette): void {
  const { margin, scale, direction, verdict, small } = reference;
  const { ctx, bbox } = chart;
  const { colour } = palette;
  ctx.save();
  ctx.beginPath();
  ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height);
  ctx.clip();
  ctx.font = palette.font.replace('11px', `${11 * devicePixelRatio}px`);
  const edge = horizontal(chart, scale.toAxis(margin), colour('bad-line'), [6, 4]);
  const none =
    margin === scale.none ? edge : horizontal(chart, scale.toAxis(scale.none), colour('text-3', 0.8), []);
  if (!small) {
    const up = direction === 'up' ? 1 : -1;
    const down = direction === 'up' ? -1 : 1;
    const halo = colour('surface', 0.85);
    const side = direction === 'up' ? 'below' : 'above';
    name(
      chart,
      edge,
      up,
      { fill: colour('bad-line'), halo },
      `margin ${scale.text(margin)}: refuted ${side}`,
    );
    if (none !== edge) name(chart, none, down, { fill: colour('text-3'), halo }, scale.noneText);
  }
  if (verdict !== null) mark(chart, verdict, palette, small);
  ctx.restore();
}

function horizontal({ ctx, bbox, valToPos }: uPlot, at: number, stroke: string, dash: number[]): number {
  const y = Math.round(valToPos(at, 'y', true)) + 0.5;
  ctx.strokeStyle = stroke;
  ctx.lineWidth = devicePixelRatio;
  ctx.setLineDash(dash.map((length) => length * devicePixelRatio));
  ctx.beginPath();
  ctx.moveTo(bbox.left, y);
  ctx.lineTo(bbox.left + bbox.width, y);
  ctx.stroke();
  ctx.setLineDash([]);
  return y;
}

/** Labels a horizontal line at its left end: below (side 1), or above where there is room (side -1). */
function name(
  { ctx, bbox }: uPlot,
  y: number,
  side: 1 | -1,
  { fill, halo }: { fill: string; halo: string },
  text: string,
): void {
  ctx.fillStyle = fill;
  ctx.textAlign = 'left';
  const below = side === 1 || y - bbox.top < 18 * devicePixelRatio;
  ctx.textBaseline = below ? 'top' : 'bottom';
  const at = [bbox.left + 8 * devicePixelRatio, y + (below ? 4 : -4) * devicePixelRatio] as const;
  ctx.strokeStyle = halo;
  ctx.lineWidth = 3 * devicePixelRatio;
  ctx.lineJoin = 'round';
  ctx.strokeText(text, ...at);
  ctx.fillText(text, ...at);
}

function mark(chart: uPlot, verdict: NonNullable<Reference['verdict']>, palette: Palette, small: boolean) {
  const { ctx, bbox, data } = chart;
  const last = data[0].length - 1;
  const seconds = data[0][last];
  if (seconds === undefined) return;
  const x = chart.valToPos(seconds, 'x', true);
  const estimate = data[3]?.[last];
  ctx.strokeStyle = palette.colour(verdict.colour);
  ctx.fillStyle = palette.colour(verdict.colour);
  ctx.lineWidth = 1.5 * devicePixelRatio;
  ctx.beginPath();
  ctx.moveTo(x, bbox.top);
  ctx.lineTo(x, bbox.top + bbox.height);
  ctx.stroke();
  if (estimate != null) {
    ctx.beginPath();
    ctx.arc(x, chart.valToPos(estimate, 'y', true), 4.5 * devicePixelRatio, 0, 2 * Math.PI);
    ctx.fill();
    ctx.strokeStyle = palette.colour('surface');
    ctx.stroke();
  }
  if (small) return;
  ctx.fillStyle = palette.colour(verdict.colour);
  ctx.textAlign = 'right';
  ctx.textBaseline = 'top';
  ctx.fillText(verdict.label, x - 8 * devicePixelRatio, bbox.top + 5 * devicePixelRatio);
}
