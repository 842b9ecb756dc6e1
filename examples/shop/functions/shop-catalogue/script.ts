/**
 * The page's script, plain JavaScript. The basket is a cookie of this host. The script calls shop-checkout for basket,
 * sign-up and checkout, and sends the visit's id as W3C baggage.
 */
export const SCRIPT = `
(function () {
  'use strict';
  const checkoutUrl = document.body.dataset.checkout;
  const cookie = (name) => {
    const found = document.cookie.split('; ').find((part) => part.startsWith(name + '='));
    return found === undefined ? '' : decodeURIComponent(found.slice(name.length + 1));
  };
  const keep = (name, value, seconds) => {
    document.cookie = name + '=' + encodeURIComponent(value) + '; Path=/; SameSite=Lax; Max-Age=' + seconds;
  };
  const basket = () => cookie('shop_basket').split('.').filter(Boolean).map((part) => {
    const [sku, pieces] = part.split('*');
    return { sku, quantity: Number(pieces) };
  });
  const keepBasket = (lines) => {
    keep('shop_basket', lines.map((line) => line.sku + '*' + line.quantity).join('.'), 7 * 24 * 3600);
    const pieces = lines.reduce((sum, line) => sum + line.quantity, 0);
    for (const badge of document.querySelectorAll('.badge')) badge.textContent = String(pieces);
  };
  const say = (text, kind) => {
    const notice = document.querySelector('.notice');
    if (notice) { notice.textContent = text; notice.className = 'notice ' + kind; }
  };
  async function ask(path, body) {
    const email = cookie('shop_email');
    const known = { visitor: cookie('shop_visitor'), ...(email ? { email } : {}) };
    let response;
    try {
      response = await fetch(new URL(path, checkoutUrl), {
        method: 'POST',
        headers: { 'content-type': 'application/json', baggage: 'upstack.unit=' + encodeURIComponent(cookie('upstack_unit')) },
        body: JSON.stringify({ ...known, ...body }),
      });
    } catch {
      throw new Error('The shop is not responding. Please try again in a moment.');
    }
    const answer = await response.json().catch(() => ({}));
    if (response.ok) return answer;
    throw new Error(answer.error?.message ?? 'Something went wrong on our side. Please try again.');
  }
  async function busy(button, work) {
    const label = button.textContent;
    button.disabled = true;
    button.textContent = 'One moment …';
    try { await work(); } catch (error) { say(error.message, 'bad'); } finally {
      button.disabled = false;
      button.textContent = label;
    }
  }
  for (const button of document.querySelectorAll('[data-add]')) {
    button.addEventListener('click', () => busy(button, async () => {
      const { lines } = await ask('/basket', { lines: basket(), add: { sku: button.dataset.add } });
      keepBasket(lines);
      say('Added to your basket.', 'good');
    }));
  }
  for (const button of document.querySelectorAll('[data-remove]')) {
    button.addEventListener('click', () => {
      keepBasket(basket().filter((line) => line.sku !== button.dataset.remove));
      location.reload();
    });
  }
  const more = document.querySelector('.more');
  if (more) {
    fetch('/api/recommendations?sku=' + encodeURIComponent(more.dataset.sku)).then((response) => response.json()).then(({ products }) => {
      const list = more.querySelector('ul');
      for (const product of products) {
        const item = document.createElement('li');
        const link = document.createElement('a');
        link.className = 'tile';
        link.href = '/products/' + product.sku + '?from=recommendation';
        const art = document.createElement('div');
        art.className = 'art ' + product.kind;
        art.innerHTML = product.art;
        const text = document.createElement('div');
        text.className = 'text';
        const name = document.createElement('h3');
        name.textContent = product.name;
        const price = document.createElement('span');
        price.className = 'price';
        price.textContent = product.price;
        text.append(name, price);
        link.append(art, text);
        item.append(link);
        list.append(item);
      }
      more.hidden = products.length === 0;
    }).catch(() => { more.hidden = true; });
  }
  const form = document.querySelector('form.checkout');
  if (form) {
    const field = (name) => form.elements.namedItem(name);
    field('email').value = cookie('shop_email');
    let attempt = crypto.randomUUID ? crypto.randomUUID() : String(Date.now()) + Math.random();
    form.addEventListener('submit', (event) => {
      event.preventDefault();
      say('', '');
      busy(form.querySelector('button'), async () => {
        const email = field('email').value.trim();
        const name = field('name').value.trim();
        if (field('join').checked && cookie('shop_email') !== email) {
          await ask('/sign-up', { email, name });
          keep('shop_email', email, 365 * 24 * 3600);
        }
        const paid = await ask('/checkout', { lines: basket(), email, card: field('card').value, attempt });
        say('Payment approved. Confirming the order …', 'good');
        const order = await ask('/confirm', { email, authorisation: paid.authorisation });
        keepBasket([]);
        const done = document.querySelector('.done');
        done.querySelector('[data-order]').textContent = order.orderId;
        done.querySelector('[data-total]').textContent = '€' + (order.totalCents / 100).toFixed(2);
        document.querySelector('.two').hidden = true;
        done.hidden = false;
        done.querySelector('h1').focus();
      });
    });
  }
})();
`;
