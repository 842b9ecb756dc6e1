/**
 * Drawings of the products: flat shapes in a 200 by 200 box, inline so that the page needs no second request. They are
 * decoration next to the product's name, hence hidden from assistive technology.
 */
const INK = '#2f211a';
const CLAY = '#c4633f';
const CREAM = '#fff8ee';
const STEEL = '#8d9a9b';
const LEAF = '#5f7355';

const SHAPES: Record<string, string> = {
  'pour-over-set': `<path d="M58 52h84l-26 44H84z" fill="${CREAM}"/><path d="M52 46h96v8H52z" fill="${INK}"/><path d="M80 96h40v8H80z" fill="${INK}"/><path d="M78 108c-22 16-26 32-20 50h84c6-18 2-34-20-50z" fill="${CREAM}" opacity=".75"/><path d="M61 132h78c6 9 6 18 3 26H58c-3-8-3-17 3-26z" fill="${CLAY}"/><path d="M97 96h6v20h-6z" fill="${CLAY}"/>`,
  'gooseneck-kettle': `<path d="M70 82h64l10 76H60z" fill="${STEEL}"/><path d="M74 82c2-18 54-18 56 0z" fill="${INK}"/><circle cx="102" cy="62" r="6" fill="${INK}"/><path d="M64 144C30 140 44 92 24 76" fill="none" stroke="${STEEL}" stroke-width="9" stroke-linecap="round"/><path d="M136 92c40-2 40 50 6 50" fill="none" stroke="${INK}" stroke-width="9"/>`,
  'hand-grinder': `<rect x="72" y="70" width="56" height="92" rx="10" fill="${STEEL}"/><rect x="72" y="112" width="56" height="10" fill="${INK}"/><path d="M98 70V48h48" fill="none" stroke="${INK}" stroke-width="8" stroke-linecap="round"/><circle cx="148" cy="44" r="11" fill="${CLAY}"/>`,
  'morning-blend': `<path d="M62 58h76l8 104H54z" fill="${CLAY}"/><path d="M62 44h76v16H62z" fill="${INK}"/><circle cx="100" cy="112" r="24" fill="${CREAM}"/><path d="M100 92v40" stroke="${INK}" stroke-width="5" stroke-linecap="round"/>`,
  'high-terrace': `<path d="M62 58h76l8 104H54z" fill="${LEAF}"/><path d="M62 44h76v16H62z" fill="${INK}"/><path d="M70 138l20-38 12 18 10-14 18 34z" fill="${CREAM}"/>`,
  'quiet-decaf': `<path d="M62 58h76l8 104H54z" fill="#4a5b74"/><path d="M62 44h76v16H62z" fill="${INK}"/><path d="M112 90a26 26 0 1 0 10 40 22 22 0 0 1-10-40z" fill="${CREAM}"/>`,
  'french-press': `<rect x="66" y="72" width="62" height="90" rx="6" fill="${CREAM}"/><rect x="66" y="112" width="62" height="50" fill="${INK}"/><rect x="60" y="62" width="74" height="12" rx="4" fill="${STEEL}"/><path d="M97 62V36" stroke="${STEEL}" stroke-width="6"/><circle cx="97" cy="34" r="8" fill="${CLAY}"/><path d="M130 84c30 0 30 56 0 56" fill="none" stroke="${STEEL}" stroke-width="9"/>`,
  'moka-pot': `<path d="M70 112h56l12 50H58z" fill="${STEEL}"/><path d="M64 58h68l-8 50H74z" fill="${STEEL}"/><path d="M72 106h52v8H72z" fill="${INK}"/><path d="M64 58l-14-8 8 22z" fill="${STEEL}"/><circle cx="98" cy="48" r="7" fill="${INK}"/><path d="M132 64h18v38" fill="none" stroke="${INK}" stroke-width="9"/>`,
  'brew-scale': `<rect x="40" y="104" width="120" height="46" rx="10" fill="${INK}"/><rect x="52" y="92" width="96" height="12" rx="4" fill="${STEEL}"/><rect x="56" y="116" width="56" height="22" rx="4" fill="#bfe3c8"/><text x="84" y="133" font-size="16" text-anchor="middle" font-family="monospace" fill="${INK}">18.0</text><circle cx="134" cy="127" r="7" fill="${CLAY}"/><path d="M84 62h32v30H84z" fill="${CREAM}"/>`,
  'stoneware-mug': `<path d="M58 70h76v62c0 18-10 28-24 28H82c-14 0-24-10-24-28z" fill="${CREAM}"/><path d="M58 70h76v22H58z" fill="${LEAF}"/><path d="M134 84c30-4 30 46 0 44" fill="none" stroke="${CREAM}" stroke-width="11"/><path d="M82 56c-6-10 8-14 2-26M106 56c-6-10 8-14 2-26" fill="none" stroke="${INK}" stroke-width="4" stroke-linecap="round" opacity=".45"/>`,
  'cupping-bowls': `<path d="M34 84h64c0 26-12 40-32 40S34 110 34 84z" fill="${CREAM}"/><path d="M102 84h64c0 26-12 40-32 40s-32-14-32-40z" fill="${STEEL}"/><path d="M68 122h64c0 26-12 40-32 40s-32-14-32-40z" fill="${CLAY}"/>`,
  'cold-brew-bottle': `<path d="M84 52h32v22c14 8 18 18 18 32v44c0 8-4 12-12 12H78c-8 0-12-4-12-12v-44c0-14 4-24 18-32z" fill="${CREAM}" opacity=".85"/><path d="M66 108h68v42c0 8-4 12-12 12H78c-8 0-12-4-12-12z" fill="${INK}"/><rect x="80" y="38" width="40" height="16" rx="4" fill="${CLAY}"/><rect x="94" y="62" width="12" height="78" rx="6" fill="${STEEL}" opacity=".7"/>`,
};

/** The drawing of a product, as an SVG element. */
export function artOf(sku: string): string {
  return `<svg viewBox="0 0 200 200" aria-hidden="true" focusable="false">${SHAPES[sku] ?? ''}</svg>`;
}
