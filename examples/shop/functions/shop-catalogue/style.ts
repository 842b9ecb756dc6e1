/** The storefront's one stylesheet: a warm, quiet shop that works from 320 px up. Contrast is at least 4.5 : 1. */
export const STYLE = `
:root { --ink: #2a1d16; --soft: #6b584c; --paper: #fbf6ee; --card: #fff; --line: #e7dccb; --clay: #a8482a; --clay-deep: #8c3a20; --leaf: #4b6142; color-scheme: light; }
* { box-sizing: border-box; }
[hidden] { display: none !important; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 16px/1.55 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; }
h1, h2, h3, .brand { font-family: "Iowan Old Style", "Palatino Linotype", Palatino, Georgia, serif; font-weight: 600; line-height: 1.15; letter-spacing: -.01em; }
a { color: inherit; }
.skip { position: absolute; left: -999px; }
.skip:focus { left: 1rem; top: 1rem; background: var(--card); padding: .5rem 1rem; z-index: 2; }
:focus-visible { outline: 3px solid var(--clay); outline-offset: 2px; border-radius: 4px; }
header { border-bottom: 1px solid var(--line); background: var(--card); position: sticky; top: 0; z-index: 1; }
.bar, main, footer { max-width: 1120px; margin: 0 auto; padding: 0 1.25rem; }
.bar { display: flex; align-items: center; justify-content: space-between; min-height: 4rem; gap: 1rem; }
.brand { font-size: 1.45rem; text-decoration: none; }
.brand span { color: var(--clay); }
.to-basket { display: inline-flex; align-items: center; gap: .5rem; text-decoration: none; font-weight: 600; padding: .5rem .25rem; }
.badge { background: var(--clay); color: #fff; border-radius: 999px; min-width: 1.6rem; padding: 0 .45rem; text-align: center; font-size: .85rem; line-height: 1.6rem; }
main { padding-top: 2.25rem; padding-bottom: 4rem; min-height: 70vh; }
.hero { display: grid; gap: .75rem; max-width: 40rem; padding: 1rem 0 2.5rem; }
.hero h1 { font-size: clamp(2.2rem, 6vw, 3.6rem); margin: 0; }
.hero p { font-size: 1.15rem; color: var(--soft); margin: 0; }
.grid { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(15rem, 100%), 1fr)); gap: 1.25rem; padding: 0; margin: 0; list-style: none; }
.tile { background: var(--card); border: 1px solid var(--line); border-radius: 14px; overflow: hidden; display: flex; flex-direction: column; height: 100%; text-decoration: none; transition: transform .15s, box-shadow .15s; }
.tile:hover { transform: translateY(-3px); box-shadow: 0 10px 24px rgb(60 30 10 / .1); }
.tile svg, .portrait svg { display: block; width: 100%; }
.beans { background: #f0dfc8; } .brewing { background: #dfe6dc; } .grinding { background: #e9dcd6; } .cups { background: #dbe2e6; }
.tile .art { padding: .5rem 18%; }
.tile .text { padding: 1rem 1.1rem 1.15rem; display: flex; flex-direction: column; gap: .25rem; flex: 1; }
.tile h3 { margin: 0; font-size: 1.15rem; }
.tile p { margin: 0; color: var(--soft); font-size: .95rem; }
.tile .price { margin-top: auto; padding-top: .4rem; }
.price { font-weight: 650; font-variant-numeric: tabular-nums; }
.product { display: grid; gap: 2rem; grid-template-columns: minmax(0, 1fr) minmax(0, 1fr); align-items: center; }
.portrait { border-radius: 18px; padding: 1rem 12%; }
.product h1 { font-size: clamp(2rem, 5vw, 3rem); margin: 0 0 .5rem; }
.product .price { font-size: 1.4rem; }
.back { display: inline-block; margin-bottom: 1.25rem; color: var(--soft); }
button, .button { font: inherit; font-weight: 650; border: 0; border-radius: 10px; background: var(--clay); color: #fff; padding: .8rem 1.4rem; min-height: 3rem; cursor: pointer; text-decoration: none; display: inline-block; }
button:hover, .button:hover { background: var(--clay-deep); }
button[disabled] { background: #796a60; cursor: progress; }
button.quiet { background: none; color: var(--clay); padding: .5rem; min-height: 2.75rem; text-decoration: underline; }
.buy { display: flex; gap: .75rem; flex-wrap: wrap; align-items: center; margin-top: 1.5rem; }
.more { margin-top: 3.5rem; min-height: 17rem; }
.more .tile .art { padding: .25rem 28%; }
table { width: 100%; border-collapse: collapse; background: var(--card); border: 1px solid var(--line); border-radius: 14px; }
th, td { text-align: left; padding: .9rem 1rem; border-bottom: 1px solid var(--line); }
tfoot td, tfoot th { border-bottom: 0; font-weight: 650; }
.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
form { display: grid; gap: 1rem; max-width: 30rem; }
label { display: grid; gap: .3rem; font-weight: 600; }
input { font: inherit; font-weight: 400; padding: .7rem .8rem; min-height: 3rem; border: 1px solid #a0907f; border-radius: 10px; background: #fff; color: inherit; width: 100%; }
.check { display: flex; gap: .6rem; align-items: center; font-weight: 400; }
.check input { width: 1.3rem; min-height: 1.3rem; }
.hint { color: var(--soft); font-size: .92rem; margin: 0; }
.two { display: grid; grid-template-columns: minmax(0, 1.2fr) minmax(0, 1fr); gap: 2.5rem; align-items: start; }
.notice { min-height: 1.6rem; font-weight: 600; margin: 0; }
.notice.bad { color: #9b1c1c; } .notice.good { color: var(--leaf); }
.done { background: var(--card); border: 1px solid var(--line); border-radius: 14px; padding: 2rem; max-width: 34rem; }
.done svg { width: 8rem; border-radius: 50%; background: #dbe2e6; }
footer { border-top: 1px solid var(--line); padding-top: 1.25rem; padding-bottom: 2rem; color: var(--soft); font-size: .92rem; }
@media (max-width: 44rem) { .product, .two { grid-template-columns: minmax(0, 1fr); gap: 1.5rem; } .grid { grid-template-columns: repeat(2, minmax(0, 1fr)); gap: .75rem; } .tile .text { padding: .75rem .8rem .9rem; } th, td { padding: .75rem .5rem; } td.number:last-child { padding-left: 0; } button.quiet { padding: .5rem 0; } main { padding-top: 1.5rem; } .buy button { flex: 1; } }
@media (prefers-reduced-motion: reduce) { .tile { transition: none; } .tile:hover { transform: none; } }
`;
