/** A canvas cannot use CSS variables, so a chart reads the colours of the current scheme when it is built. */
export type ColourName =
  | 'text'
  | 'text-2'
  | 'text-3'
  | 'border'
  | 'border-strong'
  | 'surface'
  | 'accent-line'
  | 'good-line'
  | 'bad-line'
  | 'warn-line'
  | 'control'
  | 'teal';

export interface Palette {
  colour(name: ColourName, opacity?: number): string;
  font: string;
}

export function readPalette(): Palette {
  const style = getComputedStyle(document.documentElement);
  return {
    font: `11px ${getComputedStyle(document.body).fontFamily}`,
    colour(name, opacity = 1) {
      return withOpacity(style.getPropertyValue(`--up-${name}`).trim(), opacity);
    },
  };
}

/** `#rgb` or `#rrggbb` with an opacity from 0 to 1. */
function withOpacity(hex: string, opacity: number): string {
  const long = hex.length === 4 ? hex.replace(/[^#]/g, (digit) => digit + digit) : hex;
  const alpha = Math.round(opacity * 255)
    .toString(16)
    .padStart(2, '0');
  return `${long}${alpha}`;
}
