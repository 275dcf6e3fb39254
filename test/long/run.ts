/**
 * Runs in full the tests of which `npm test` tries a part, then attacks the product for as long as is wished, and prints
 * tries and breaks:
 * `npm run test:long -- [tests kill faults http contract links hostile-db import-fuzz soak] [--seconds 60] [--tries N] [--seed 1]`.
 */
import { parseArgs } from 'node:util';
import { run } from './harness.ts';
import { HARNESSES } from './registry.ts';
import { runInFull } from './tests.ts';

const TESTS = 'tests';
const names = [TESTS, ...HARNESSES.map(({ name }) => name)];

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: {
    seconds: { type: 'string' },
    tries: { type: 'string', default: '1000000' },
    seed: { type: 'string', default: '1' },
  },
});
const unknown = positionals.filter((name) => !names.includes(name));
if (unknown.length > 0) {
  process.stderr.write(`There is no ${unknown.join(', ')}; there are ${names.join(', ')}.\n`);
  process.exit(2);
}
const wanted = (name: string): boolean => positionals.length === 0 || positionals.includes(name);
let broken = wanted(TESTS) && !runInFull() ? 1 : 0;
for (const harness of HARNESSES) {
  if (!wanted(harness.name)) continue;
  process.stdout.write(`${harness.name}: ${harness.about}\n`);
  const lacks = harness.lacks?.() ?? null;
  if (lacks !== null) {
    process.stdout.write(`  skipped: ${lacks}.\n`);
    continue;
  }
  const seconds = Number(values.seconds ?? harness.seconds ?? 60);
  const outcome = await run(harness, { seed: Number(values.seed), tries: Number(values.tries), seconds });
  broken += outcome.breaks.length;
  for (const one of outcome.breaks.slice(0, 20)) process.stdout.write(`  ✗ ${one}\n`);
  for (const figure of outcome.figures) process.stdout.write(`  ${figure}\n`);
  process.stdout.write(
    `  ${outcome.tries} tries, ${outcome.breaks.length} breaks, longest stall ${Math.round(outcome.longestStall)} ms, ${outcome.seconds.toFixed(1)} s\n`,
  );
}
process.exitCode = broken === 0 ? 0 : 1;
