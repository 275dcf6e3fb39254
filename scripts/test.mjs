// Everything that has to hold; goes on after a failure, and ends with the sum.
import { suites } from './checks.mjs';
import { setUp } from './setup/steps.mjs';

setUp();
const sum = { passed: 0, failed: 0, skipped: 0 };
for (const [name, suite] of Object.entries(suites)) {
  process.stdout.write(`\n── ${name}\n`);
  const result = suite();
  process.stdout.write(`${name}: ${result.passed} passed, ${result.failed} failed, ${result.skipped} skipped\n`);
  for (const key of Object.keys(sum)) sum[key] += result[key];
}
process.stdout.write(`\n${sum.passed} passed, ${sum.failed} failed, ${sum.skipped} skipped\n`);
process.exit(sum.failed === 0 ? 0 : 1);
