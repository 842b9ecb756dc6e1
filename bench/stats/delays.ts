/**
 * 0/1 outcomes with an effect: the number of samples of both arms that each method needs. The oracle knows both rates. A
 * look comes every 100 samples, or more often for disasters.
 */
import { dirichlet, pooledMeans } from './false-alarms.ts';
import { binaryMeans, exactCounts, twoRates } from './ours.ts';
import { type Case, delays, type Race } from './race.ts';
import { rateOracle } from './rivals/oracle.ts';
import { growthBook, mixtureSprt, zTest } from './rivals/peers.ts';
import { type Binary, type Phase, steady } from './traffic/streams.ts';

const LOOKS_CORRECTED_FOR = 1_000;

function conversion(): Race<Binary> {
  const rates = [0.05, 0.04] as const;
  return {
    name: 'conversion 5-4 %',
    ...steady(0.5, rates),
    horizon: 100_000,
    methods: {
      oracle: rateOracle(0.5, rates),
      'ours exact s=.22': exactCounts('down', [0.22]),
      'ours exact': exactCounts('down'),
      'ours rates, planned': twoRates('down', { baseRate: rates[0] }),
      'exact mix(.3,1.2)': exactCounts('down', [0.3, 1.2]),
      'exact mix(.2,1)': exactCounts('down', [0.2, 1]),
      'ours mean, 5,000 planned': binaryMeans('down'),
      'ours mean, 13,500 planned': binaryMeans('down', { plannedN: 13_500 }),
      'z peeked (invalid)': pooledMeans(zTest()),
      'z Bonferroni': pooledMeans(zTest(LOOKS_CORRECTED_FOR)),
      'mSPRT tau .01': pooledMeans(mixtureSprt(0.01)),
      'mSPRT tau .05': pooledMeans(mixtureSprt(0.05)),
      GrowthBook: pooledMeans(growthBook),
      'Lindon-Malek k=100': dirichlet,
    },
  };
}

interface Scenario extends Pick<Phase, 'share' | 'rates' | 'dealt'> {
  look: number;
  horizon: number;
}

/** A guardrail: errors increase. */
function errors(name: string, { share, rates, look, horizon, dealt = false }: Scenario): Race<Binary> {
  return {
    name,
    ...steady(share, rates, look, dealt),
    horizon,
    methods: {
      oracle: rateOracle(share, rates),
      'ours exact': exactCounts('up'),
      'ours rates, planned': twoRates('up', { baseRate: rates[0] }),
      'exact mix(.3,1.2)': exactCounts('up', [0.3, 1.2]),
      'exact mix(.2,1)': exactCounts('up', [0.2, 1]),
      'exact s=.22': exactCounts('up', [0.22]),
      'exact s=.5': exactCounts('up', [0.5]),
      'exact s=1': exactCounts('up', [1]),
      'exact mix(.1,.4,1.6)': exactCounts('up', [0.1, 0.4, 1.6]),
      GrowthBook: pooledMeans(growthBook),
      'Lindon-Malek k=100': dirichlet,
    },
  };
}

const half = { share: 0.5, look: 100, horizon: 100_000 };
const disaster = { share: 0.5, rates: [0.01, 0.2], look: 5, horizon: 2_000 } as const;
const rareDisaster = { share: 0.1, rates: [0.001, 0.05], look: 20, horizon: 10_000 } as const;

export const cases: readonly Case[] = [
  delays(conversion(), { effort: 4 }),
  delays(errors('errors 1-2 %', { ...half, rates: [0.01, 0.02] }), { effort: 4 }),
  delays(errors('errors 1-1.3 %', { ...half, rates: [0.01, 0.013], horizon: 150_000 })),
  delays(errors('errors 1-20 %', disaster), { effort: 10 }),
  delays(errors('errors 1-20 %, dealt in turn', { ...disaster, dealt: true }), { effort: 10 }),
  delays(errors('errors .1-5 %, share 10 %', rareDisaster), { effort: 10 }),
  delays(errors('errors 1-2 %, share 10 %', { ...half, share: 0.1, rates: [0.01, 0.02] }), { effort: 2 }),
];
