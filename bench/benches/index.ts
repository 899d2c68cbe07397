import type { BenchContext, BenchResult } from '../bench';
import { faults } from './faults';
import { growth } from './growth';
import { latency } from './latency';
import { limited } from './limited';
import { load } from './load';
import { outage } from './outage';
import { overhead } from './overhead';
import { replies } from './replies';
import { shared } from './shared';

/** All benches by the name that --only takes, in the order of the report. */
export const BENCHES: Record<string, (context: BenchContext) => Promise<BenchResult[]>> = {
  limited,
  shared,
  outage,
  overhead,
  latency,
  growth,
  load,
  faults,
  replies,
};
