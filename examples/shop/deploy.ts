import { createHash, createHmac } from 'node:crypto';
import { join } from 'node:path';
import type { ComputeEngine, FunctionDetail, FunctionInput } from '../../src/engines/compute/engine.ts';
import { Problem } from '../../src/lib/problem.ts';
import { deployFunction } from '../../src/operate/deploy/operations.ts';
import { packageFunction } from '../../src/operate/deploy/worker.ts';

/** One function of the shop; `urls` names the variables that hold the URLs of the functions it calls. */
interface ShopFunction {
  name: string;
  description: string;
  memoryMb: number;
  timeoutSeconds: number;
  urls: Record<string, string>;
}

/** Callees before callers, so that every URL is known when it is needed. */
export const SHOP_FUNCTIONS: readonly ShopFunction[] = [
  { name: 'shop-payments', description: 'Authorises payments', memoryMb: 128, timeoutSeconds: 10, urls: {} },
  {
    name: 'shop-recommendations',
    description: 'Says what goes well together',
    memoryMb: 128,
    timeoutSeconds: 10,
    urls: {},
  },
  {
    name: 'shop-checkout',
    description: 'Basket, sign-up and checkout',
    memoryMb: 128,
    timeoutSeconds: 15,
    urls: { PAYMENTS_URL: 'shop-payments' },
  },
  {
    name: 'shop-catalogue',
    description: 'The storefront',
    memoryMb: 128,
    timeoutSeconds: 15,
    urls: { RECOMMENDATIONS_URL: 'shop-recommendations', CHECKOUT_URL: 'shop-checkout' },
  },
];
const STOREFRONT = 'shop-catalogue';
const RUNTIME = 'nodejs24.x';
const ALIAS = 'live';

export interface DeployedShop {
  storefrontUrl: string;
  /** Function name to function URL. */
  urls: Record<string, string>;
}

/**
 * Deploys the shop: each function bundled, created or updated, published, with the alias `live` on the new version and
 * a function URL on the alias. Deploying again what is already there changes nothing. `environment` is given to every
 * function (the UPSTACK_ variables). Throws the compute engine's Problems.
 */
export async function deployShop(options: {
  compute: ComputeEngine;
  environment: Record<string, string>;
  log?: (line: string) => void;
}): Promise<DeployedShop> {
  const { compute, environment, log = () => {} } = options;
  const key = environment.UPSTACK_WRITE_KEY ?? 'shop';
  const paymentsKey = createHmac('sha256', key).update('shop-payments').digest('base64url');
  const urls: Record<string, string> = {};
  for (const shopFunction of SHOP_FUNCTIONS) {
    const { name } = shopFunction;
    const own: Record<string, string> = { ...environment, PAYMENTS_KEY: paymentsKey };
    for (const [variable, callee] of Object.entries(shopFunction.urls))
      own[variable] = urls[callee] as string;
    const packaged = await packageFunction(join(import.meta.dirname, 'functions', name));
    const input = { ...settingsOf(shopFunction, own), ...packaged };
    const deployed = await upToDate(compute, input);
    const { version, url } = deployed ?? (await deployFunction(compute, input, ALIAS));
    urls[name] = url;
    log(`${name} version ${version}${deployed ? ' is up to date' : ''}, ${url}`);
  }
  return { storefrontUrl: urls[STOREFRONT] as string, urls };
}

/** The environment is not readable back, so the description carries a digest of it to recognise what is deployed. */
function settingsOf(
  shopFunction: ShopFunction,
  environment: Record<string, string>,
): Omit<FunctionInput, 'zip' | 'handler'> {
  const { name, description, memoryMb, timeoutSeconds } = shopFunction;
  const sorted = Object.entries(environment).sort(([a], [b]) => (a < b ? -1 : 1));
  const digest = createHash('sha256').update(JSON.stringify(sorted)).digest('hex').slice(0, 12);
  return {
    name,
    description: `${description} [settings ${digest}]`,
    runtime: RUNTIME,
    memoryMb,
    timeoutSeconds,
    environment,
  };
}

/** The version behind the alias and its URL, when it is what would be deployed. */
async function upToDate(
  compute: ComputeEngine,
  input: FunctionInput,
): Promise<{ version: string; url: string } | undefined> {
  const detail = await existing(compute, input.name);
  const live = detail?.aliases.find((alias) => alias.name === ALIAS)?.version;
  const deployed = detail?.versions.find(({ version }) => version === live);
  if (!detail?.url || !deployed) return undefined;
  const same =
    deployed.codeSha256 === createHash('sha256').update(input.zip).digest('base64') &&
    deployed.description === input.description &&
    deployed.handler === input.handler &&
    deployed.runtime === input.runtime &&
    deployed.memoryMb === input.memoryMb &&
    deployed.timeoutSeconds === input.timeoutSeconds;
  return same ? { version: deployed.version, url: detail.url } : undefined;
}

async function existing(compute: ComputeEngine, name: string): Promise<FunctionDetail | undefined> {
  try {
    return await compute.getFunction(name);
  } catch (error) {
    if (error instanceof Problem && error.status === 404) return undefined;
    throw error;
  }
}
