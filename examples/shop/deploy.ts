import { createHmac } from 'node:crypto';
import { join } from 'node:path';
import type { ComputeEngine, FunctionInput } from '../../src/engines/compute/engine.ts';
import { sha256 } from '../../src/lib/crypto/digest.ts';
import { deployFunction } from '../../src/operate/deploy/operations.ts';
import { keepEvidence } from '../../src/operate/deploy/store.ts';
import { packageFunction } from '../../src/operate/deploy/worker.ts';

/** One function of the shop; `urls` maps environment variables to the functions whose URLs they hold. */
interface ShopFunction {
  name: string;
  description: string;
  memoryMb: number;
  timeoutSeconds: number;
  urls: Record<string, string>;
}

/** Callees before callers, so that every URL is known when needed. */
export const SHOP_FUNCTIONS: readonly ShopFunction[] = [
  { name: 'shop-payments', description: 'Authorises payments', memoryMb: 128, timeoutSeconds: 10, urls: {} },
  {
    name: 'shop-recommendations',
    description: 'Recommends products that go well together',
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
 * Deploys the shop. Each function is bundled, created or updated, and published; the alias `live` points to the new
 * version and has a function URL. Deploying an unchanged shop changes nothing. Every function gets `environment` (the
 * UPSTACK_ variables). Throws the compute engine's Problems.
 */
export async function deployShop(options: {
  compute: ComputeEngine;
  environment: Record<string, string>;
  /** Directory for the source maps and metafiles of the bundles; without it they are not kept. */
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
