/**
 * Attacks the product for as long as is wished, and prints tries and breaks:
 * `npm run test:long -- [kill faults http contract links hostile-db import-fuzz] [--seconds 60] [--tries N] [--seed 1]`.
 */
import { parseArgs } from 'node:util';
import { run } from './harness.ts';
import { HARNESSES } from './registry.ts';

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: {
    seconds: { type: 'string', default: '60' },
    tries: { type: 'string', default: '1000000' },
    seed: { type: 'string', default: '1' },
  },
});
const unknown = positionals.filter((name) => !HARNESSES.some((harness) => harness.name === name));
if (unknown.length > 0) {
  process.stderr.write(
    `There is no ${unknown.join(', ')}; there are ${HARNESSES.map(({ name }) => name).join(', ')}.\n`,
  );
  process.exit(2);
}
let broken = 0;
for (const harness of HARNESSES) {
  if (positionals.length > 0 && !positionals.includes(harness.name)) continue;
  process.stdout.write(`${harness.name}: ${harness.about}\n`);
  const { seed, tries, seconds } = values;
  const outcome = await run(harness, { seed: Number(seed), tries: Number(tries), seconds: Number(seconds) });
  broken += outcome.breaks.length;
  for (const one of outcome.breaks.slice(0, 20)) process.stdout.write(`  ✗ ${one}\n`);
  process.stdout.write(
    `  ${outcome.tries} tries, ${outcome.breaks.length} breaks, longest stall ${Math.round(outcome.longestStall)} ms, ${outcome.seconds.toFixed(1)} s\n`,
  );
}
process.exitCode = broken === 0 ? 0 : 1;
