import type { PricedLine } from '../shared/basket.ts';
import { PRODUCTS, type Product, price } from '../shared/products.ts';
import { artOf } from './art.ts';
import { SCRIPT } from './script.ts';
import { STYLE } from './style.ts';

/** The data around the content of every page. */
export interface Frame {
  /** Pieces in the basket. */
  pieces: number;
  /** The URL of shop-checkout. */
  checkoutUrl: string;
}

export function listPage(frame: Frame): string {
  const tiles = PRODUCTS.map((product) => `<li>${tile(product)}</li>`).join('\n');
  return layout(
    frame,
    'Coffee gear for people who wait four minutes',
    `<div class="hero"><h1>Good coffee takes four minutes.</h1>
<p>Kettles, grinders and beans for people who think that is time well spent. Packed in Leipzig, with you in two days.</p></div>
<h2>Everything we sell</h2>
<ul class="grid">
${tiles}
</ul>`,
  );
}

export function productPage(frame: Frame, product: Product): string {
  return layout(
    frame,
    product.name,
    `<a class="back" href="/">← Everything we sell</a>
<article class="product">
<div class="portrait ${product.kind}">${artOf(product.sku)}</div>
<div><h1>${escaped(product.name)}</h1>
<p class="price">${price(product.priceCents)}</p>
<p>${escaped(product.story)}</p>
<div class="buy"><button type="button" data-add="${product.sku}">Add to basket</button>
<a href="/basket">View basket</a></div>
<p class="notice" role="status"></p></div>
</article>
<section class="more" data-sku="${product.sku}" aria-labelledby="more"><h2 id="more">Goes well with it</h2>
<ul class="grid"></ul></section>`,
  );
}

export function basketPage(frame: Frame, lines: readonly PricedLine[]): string {
  if (lines.length === 0) {
    return layout(
      frame,
      'Your basket',
      `<h1>Your basket is empty</h1><p><a class="button" href="/">Look around</a></p>`,
    );
  }
  const rows = lines
    .map(
      ({
        product,
        quantity,
        sumCents,
      }) => `<tr><th scope="row"><a href="/products/${product.sku}">${escaped(product.name)}</a></th>
<td class="number">${quantity}</td><td class="number">${price(sumCents)}</td>
<td class="number"><button type="button" class="quiet" data-remove="${product.sku}" aria-label="Remove ${escaped(product.name)}">Remove</button></td></tr>`,
    )
    .join('\n');
  return layout(
    frame,
    'Your basket',
    `<h1>Your basket</h1>
<table><thead><tr><th scope="col">Product</th><th scope="col" class="number">Pieces</th><th scope="col" class="number">Price</th><td></td></tr></thead>
<tbody>
${rows}
</tbody>
<tfoot><tr><th scope="row">Total</th><td></td><td class="number">${price(sumOf(lines))}</td><td></td></tr></tfoot></table>
<p class="buy"><a class="button" href="/checkout">Check out</a><a href="/">Keep looking</a></p>`,
  );
}

export function checkoutPage(frame: Frame, lines: readonly PricedLine[]): string {
  if (lines.length === 0) return basketPage(frame, lines);
  const items = lines
    .map(({ product, quantity }) => `<li>${quantity} × ${escaped(product.name)}</li>`)
    .join('');
  return layout(
    frame,
    'Check out',
    `<div class="two"><div><h1>Check out</h1>
<form class="checkout">
<label>E-mail<input name="email" type="email" autocomplete="email" required></label>
<label>Name<input name="name" autocomplete="name" required></label>
<label>Card number<input name="card" inputmode="numeric" autocomplete="off" value="4242 4242 4242 4242" required></label>
<p class="hint">No real cards here: 4242 4242 4242 4242 always pays, 4000 0000 0000 0002 is always declined.</p>
<label class="check"><input name="join" type="checkbox" checked>Remember me for next time</label>
<button type="submit">Pay ${price(sumOf(lines))}</button>
<p class="notice" role="status"></p>
</form></div>
<aside aria-label="Your order"><h2>Your order</h2><ul>${items}</ul><p class="price">Total ${price(sumOf(lines))}</p></aside></div>
<section class="done" hidden>${artOf('stoneware-mug')}<h1 tabindex="-1">Thank you!</h1>
<p>Your order <strong data-order></strong> for <strong data-total></strong> is paid and will be with you in two days.</p>
<p><a class="button" href="/">Back to the shop</a></p></section>`,
  );
}

export function missingPage(frame: Frame): string {
  return layout(
    frame,
    'Not here',
    `<h1>We do not have that</h1><p>It may have sold out. <a href="/">See what there is</a>.</p>`,
  );
}

function tile(product: Product): string {
  return `<a class="tile" href="/products/${product.sku}"><div class="art ${product.kind}">${artOf(product.sku)}</div>
<div class="text"><h3>${escaped(product.name)}</h3><p>${escaped(product.line)}</p><span class="price">${price(product.priceCents)}</span></div></a>`;
}

function layout(frame: Frame, title: string, content: string): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escaped(title)} · Slow Pour</title>
<style>${STYLE}</style>
</head>
<body data-checkout="${escaped(frame.checkoutUrl)}">
<a class="skip" href="#content">Skip to the content</a>
<header><div class="bar"><a class="brand" href="/">Slow <span>Pour</span></a>
<a class="to-basket" href="/basket">Basket <span class="badge">${frame.pieces}</span></a></div></header>
<main id="content">
${content}
</main>
<footer>Slow Pour is the example shop of Upstack. Nothing is sold, nothing is charged.</footer>
<script>${SCRIPT}</script>
</body>
</html>
`;
}

function sumOf(lines: readonly PricedLine[]): number {
  return lines.reduce((sum, line) => sum + line.sumCents, 0);
}

function escaped(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}
