import { createHmac } from 'node:crypto';
import { join } from 'node:path';
import type { ComputeEngine, FunctionInput } from '../../src/engines/compute/engine.ts';
import { sha256 } from '../../src/lib/digest.ts';
import { deployFunction } from '../../src/operate/deploy/operations.ts';
import { keepEvidence } from '../../src/operate/deploy/store.ts';
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
  /** Where the source maps and metafiles of the bundles are kept, if they are. */
  evidence?: string;
  log?: (line: string) => void;
}): Promise<DeployedShop> {
  const { compute, environment, evidence, log = () => {} } = options;
  const key = environment.UPSTACK_WRITE_KEY ?? 'shop';
  const paymentsKey = createHmac('sha256', key).update('shop-payments').digest('base64url');
  const urls: Record<string, string> = {};
  for (const shopFunction of SHOP_FUNCTIONS) {
    const { name } = shopFunction;
    const own: Record<string, string> = { ...environment, PAYMENTS_KEY: paymentsKey };
    for (const [variable, callee] of Object.entries(shopFunction.urls))
      own[variable] = urls[callee] as string;
    const directory = join(import.meta.dirname, 'functions', name);
    const { zip, handler, runtime, evidence: files } = await packageFunction(directory);
    const { version, url, changed } = await deployFunction(
      compute,
      { ...settingsOf(shopFunction, own), zip, handler, runtime },
      ALIAS,
    );
    if (evidence && files) await keepEvidence(evidence, name, sha256(zip), files);
    urls[name] = url;
    log(`${name} version ${version}${changed ? '' : ' is up to date'}, ${url}`);
  }
  return { storefrontUrl: urls[STOREFRONT] as string, urls };
}

function settingsOf(
  { name, description, memoryMb, timeoutSeconds }: ShopFunction,
  environment: Record<string, string>,
): Omit<FunctionInput, 'zip' | 'handler' | 'runtime'> {
  return { name, description, memoryMb, timeoutSeconds, environment };
}
