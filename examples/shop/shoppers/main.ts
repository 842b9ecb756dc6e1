import { parseArgs } from 'node:util';
import { recentCustomers } from '../history.ts';
import { DEFAULTS, type ShoppersOptions, startShoppers } from './shoppers.ts';

/**
 * `node examples/shop/shoppers/main.ts --storefront URL [--rate N] [--seed N] [--speed N] [--people N] [--seconds N]`
 * The customers are the recently active people of the generated past, at most `--people` of them.
 * Ends after `--seconds`, on SIGINT and SIGTERM, and with its parent if started with an IPC channel.
 * Prints the totals as one line of JSON at the end.
 */
function main(): void {
  const given = read();
  if (typeof given === 'string') {
    process.stderr.write(`shoppers: ${given}\n`);
    process.exitCode = 2;
    return;
  }
  const shoppers = startShoppers(given.options);
  let ending = false;
  const end = async (): Promise<void> => {
    if (ending) return;
    ending = true;
    const totals = await shoppers.stop();
    process.stdout.write(`${JSON.stringify(totals)}\n`, () => process.exit(0));
  };
  process.on('SIGINT', end);
  process.on('SIGTERM', end);
  process.on('disconnect', end);
  if (given.seconds !== undefined) setTimeout(end, given.seconds * 1000);
}

function read(): { options: ShoppersOptions; seconds: number | undefined } | string {
  const text = { type: 'string' } as const;
  let values: Record<string, string | undefined>;
  try {
    values = parseArgs({
      options: { storefront: text, rate: text, seed: text, speed: text, people: text, seconds: text },
    }).values;
  } catch (error) {
    return (error as Error).message;
  }
  if (values.storefront === undefined || !URL.canParse(values.storefront)) {
    return '--storefront must be the URL of shop-catalogue';
  }
  const limits = {
    rate: [0.1, 200],
    seed: [0, Number.MAX_SAFE_INTEGER],
    speed: [0.1, 100],
    people: [1, 100_000],
    seconds: [0.1, 7 * 24 * 3600],
  } as const;
  const numbers: Record<string, number> = {};
  for (const [name, [min, max]] of Object.entries(limits)) {
    const value = values[name];
    if (value === undefined) continue;
    const number = Number(value);
    if (!(number >= min && number <= max)) return `--${name} must be a number from ${min} to ${max}`;
    numbers[name] = number;
  }
  const { seconds, people, ...rest } = numbers;
  const settings = { ...DEFAULTS, ...rest };
  const customers = recentCustomers({ seed: settings.seed, endMs: Date.now() }).slice(0, people);
  return { options: { storefront: values.storefront, ...settings, customers }, seconds };
}

main();
