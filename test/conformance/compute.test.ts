import { computeConformance } from './compute.ts';
import { fromEnvironment } from './compute-aws.ts';
import { openTwin } from './compute-twin.ts';

computeConformance('twin', () => openTwin());
if (process.env.UPSTACK_TEST_COMPUTE_URL) computeConformance('AWS', fromEnvironment);
