/** `npm test [-- SUITE...]`: set-up, then every check, whatever fails; the last line is the sum. */
import { suites, sum, summary } from './checks.mjs';
import { main, setUp } from './setup/index.mjs';
import { duration, Reporter } from './setup/terminal.mjs';

await main(async () => {
  const wanted = process.argv.slice(2);
  const unknown = wanted.find((name) => !(name in suites));
  if (unknown) {
    process.stderr.write(`There is no suite ${unknown}; there are ${Object.keys(suites).join(', ')}.\n`);
    return 2;
  }
  const names = wanted.length > 0 ? wanted : Object.keys(suites);
  const reporter = new Reporter();
  const { chromium } = await setUp({ reporter, chromium: names.includes('e2e') });
  const rows = [];
  for (const name of names) {
    reporter.line(`\n── ${name}`);
    const start = Date.now();
    const counts = await runSuite(suites[name], { chromium, reporter });
    rows.push({ name, ...counts, time: duration(Date.now() - start) });
  }
  reporter.line(`\n${table(rows)}\n`);
  const total = sum(rows);
  reporter.line(summary(total));
  return total.failed === 0 ? 0 : 1;
});

/** Tools that only say yes or no run two at a time; those with an output of their own one after the other. */
async function runSuite(checks, { chromium, reporter }) {
  const counts = [];
  const waiting = [...checks];
  const work = async () => {
    for (let check = waiting.shift(); check; check = waiting.shift()) {
      const start = Date.now();
      const result = await check.run([], { chromium });
      counts.push(result);
      const mark = result.failed > 0 ? '✗' : result.passed > 0 ? '✓' : '-';
      reporter.line(`${mark} ${check.name}: ${summary(result)} (${duration(Date.now() - start)})`);
    }
  };
  const workers = checks.every((check) => check.quiet) ? 2 : 1;
  await Promise.all(Array.from({ length: workers }, work));
  return sum(counts);
}

function table(rows) {
  const width = Math.max(...rows.map(({ name }) => name.length));
  const number = (value) => String(value).padStart(5);
  return rows
    .map(
      ({ name, passed, failed, skipped, time }) =>
        `${name.padEnd(width)} ${number(passed)} passed ${number(failed)} failed ${number(skipped)} skipped  ${time}`,
    )
    .join('\n');
}
