/**
 * Runs in full the tests of which `npm test` tries a part, then attacks the product for as long as is wished, and prints
 * tries and breaks:
 * `npm run test:long -- [tests audit kill faults http contract links hostile-db import-fuzz soak] [--seconds 60] [--tries N] [--seed 1]`;
 * `--goal` makes a full sitting, however long it takes, `--write` puts its figures into docs/security.md.
 */
import { parseArgs } from 'node:util';
import { audit } from './audit.ts';
import { writeFigures } from './figures.ts';
import { run } from './harness.ts';
import type { Outcome } from './harness.ts';
import { HARNESSES } from './registry.ts';
import { runInFull } from './tests.ts';

const [TESTS, AUDIT] = ['tests', 'audit'];
const names = [TESTS, AUDIT, ...HARNESSES.map(({ name }) => name)];

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: {
    seconds: { type: 'string' },
    tries: { type: 'string' },
    seed: { type: 'string', default: '1' },
    goal: { type: 'boolean', default: false },
    write: { type: 'boolean', default: false },
  },
});
const unknown = positionals.filter((name) => !names.includes(name));
if (unknown.length > 0) {
  process.stderr.write(`There is no ${unknown.join(', ')}; there are ${names.join(', ')}.\n`);
  process.exit(2);
}
const wanted = (name: string): boolean => positionals.length === 0 || positionals.includes(name);
const outcomes: Outcome[] = [];
let broken = wanted(TESTS) && !runInFull() ? 1 : 0;
if (wanted(AUDIT) && !audit()) broken += 1;
for (const harness of HARNESSES) {
  if (!wanted(harness.name)) continue;
  process.stdout.write(`${harness.name}: ${harness.about}\n`);
  const lacks = harness.lacks?.() ?? null;
  if (lacks !== null) {
    process.stdout.write(`  skipped: ${lacks}.\n`);
    continue;
  }
  const timed = !values.goal || harness.seconds !== undefined || values.seconds !== undefined;
  const seconds = timed ? Number(values.seconds ?? harness.seconds ?? 60) : Infinity;
  const tries = Number(values.tries ?? (values.goal ? harness.goal : 1_000_000));
  const outcome = await run(harness, { seed: Number(values.seed), tries, seconds, timed: true });
  outcomes.push(outcome);
  broken += outcome.breaks.length;
  for (const one of outcome.breaks.slice(0, 20)) process.stdout.write(`  ✗ ${one}\n`);
  for (const figure of outcome.figures) process.stdout.write(`  ${figure}\n`);
  const { stalls } = outcome;
  const late =
    stalls === null
      ? ''
      : `longest stall ${Math.round(stalls.longest)} ms (own work ${Math.round(stalls.own)} ms, an idle process ${Math.round(stalls.idle)} ms), `;
  process.stdout.write(
    `  ${outcome.tries} tries, ${outcome.breaks.length} breaks, ${late}${outcome.seconds.toFixed(1)} s\n`,
  );
}
if (values.write) writeFigures(outcomes, Number(values.seed));
process.exitCode = broken === 0 ? 0 : 1;
