// One suite: `node scripts/check.mjs lint`.
import { suites } from './checks.mjs';
import { setUp } from './setup/steps.mjs';

const suite = suites[process.argv[2]];
if (!suite) {
  process.stderr.write(`There is no such check. Known are ${Object.keys(suites).join(', ')}.\n`);
  process.exit(2);
}
setUp();
process.exit(suite().failed === 0 ? 0 : 1);
