import type { Field } from '../lib/yaml-file.ts';
import type { Effect } from './evidence.ts';

/** Which way is better. */
export type Direction = 'up' | 'down';

/** How the effect of a treatment is expressed: treatment / control, or treatment - control. */
export type ScaleName = 'ratio' | 'difference';

interface Scale {
  /** The effect of a treatment that changes nothing: 1 or 0. */
  readonly none: number;
  /** Reads a margin: the largest acceptable effect in the bad direction. Throws through the field. */
  readMargin(field: Field, direction: Direction): number;
  /** "ratio 1, between 0.9 and 1.1, margin 0.8". */
  text(effect: Effect, margin: number): string;
  /** The estimate as shown to readers; null when the scale cannot show it. */
  shown(point: number | null): number | null;
}

const MAX_MARGIN = 10;

export const SCALES: Readonly<Record<ScaleName, Scale>> = {
  ratio: {
    none: 1,
    readMargin(field, direction) {
      const margin = field.fraction('20%');
      const up = direction === 'up';
      if (margin <= 0 || margin > MAX_MARGIN || (up && margin >= 1)) {
        field.fail(
          `must be above 0% and ${up ? 'below 100%' : 'at most 1000%'}: how much worse is still acceptable`,
        );
      }
      return up ? 1 - margin : 1 + margin;
    },
    text: (effect, margin) => effectText('ratio', effect, { margin, lowest: '0' }),
    shown: (point) => (point !== null && point > 0 ? point : null),
  },
  difference: {
    none: 0,
    readMargin(field, direction) {
      const margin = field.number();
      if (margin <= 0)
        field.fail("must be above 0, in the metric's own unit: how much worse is still acceptable");
      return direction === 'up' ? -margin : margin;
    },
    text: (effect, margin) => effectText('difference', effect, { margin, lowest: 'anything' }),
    shown: (point) => point,
  },
};

function effectText(
  name: ScaleName,
  { point, low, high }: Effect,
  { margin, lowest }: { margin: number; lowest: string },
): string {
  const number = (value: number | null, open: string) =>
    value === null || !Number.isFinite(value) ? open : String(Number(value.toPrecision(3)));
  return (
    `${name} ${number(point, 'unknown')}, between ${number(low, lowest)} and ${number(high, 'anything')}, ` +
    `margin ${number(margin, '1')}`
  );
}
