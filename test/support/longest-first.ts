import { BaseSequencer } from 'vitest/node';
import type { TestSpecification } from 'vitest/node';

/** Files that take long, the longest first: begun last, one of them would leave all cores but its own idle at the end. */
const LONG = [
  'integration/sharing',
  'integration/learning',
  'crash/store',
  'integration/command-line',
  'integration/comparison',
  'integration/runs',
  'integration/setup-engine',
  'integration/long-harnesses',
  'integration/learn-examples',
  'integration/demo',
  'integration/several-classes',
  'learning/kernels',
  'learning/multitask/aggregation',
  'store/query-plans',
];

/** The order of files: the long ones, then as vitest would, by the times it remembers or by size. */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({ moduleId }: TestSpecification): number => {
      const found = LONG.findIndex((name) => moduleId.endsWith(`/test/${name}.test.ts`));
      return found < 0 ? LONG.length : found;
    };
    return (await super.sort(files)).sort((a, b) => rank(a) - rank(b));
  }
}
