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
  const quiet = names.filter((name) => suites[name].every((check) => check.quiet));
  const rows = await runQuiet(quiet, { chromium, reporter });
  for (const name of names.filter((one) => !quiet.includes(one))) {
    reporter.line(`\n── ${name}`);
    const results = [];
    for (const check of suites[name]) results.push(await runCheck(check, { chromium, reporter }));
    rows.push(rowOf(name, results));
  }
  const total = sum(rows);
  if (total.failed > 0) reporter.line(`\n── what failed\n${total.failures.map(beginning).join('\n')}`);
  reporter.line(`\n${table(rows)}\n`);
  reporter.line(summary(total));
  return total.failed === 0 ? 0 : 1;
});

/** Checks that print nothing while all is well, two at a time, whichever suite they are of. */
async function runQuiet(names, options) {
  if (names.length === 0) return [];
  options.reporter.line(`\n── ${names.join(', ')}`);
  const waiting = names.flatMap((name) => suites[name].map((check) => ({ name, check })));
  const results = Object.fromEntries(names.map((name) => [name, []]));
  const work = async () => {
    for (let next = waiting.shift(); next; next = waiting.shift())
      results[next.name].push(await runCheck(next.check, options));
  };
  await Promise.all([work(), work()]);
  return names.map((name) => rowOf(name, results[name]));
}

async function runCheck(check, { chromium, reporter }) {
  const start = Date.now();
  const result = await check.run([], { chromium });
  const time = Date.now() - start;
  const mark = result.failed > 0 ? '✗' : result.passed > 0 ? '✓' : '-';
  reporter.line(`${mark} ${check.name}: ${summary(result)} (${duration(time)})`);
  return { ...result, time };
}

/** A suite's line of the table; its time is that of its checks, one after the other. */
function rowOf(name, results) {
  return { name, ...sum(results), time: duration(results.reduce((all, { time }) => all + time, 0)) };
}

/** As much of a failure as tells what it is: whoever keeps only the end of the output must still find it. */
function beginning(failure) {
  // Colours of a terminal.
  // eslint-disable-next-line no-control-regex
  const lines = failure.replaceAll(/\u001b\[[0-9;]*m/g, '').split('\n');
  return [`✗ ${lines[0]}`, ...lines.slice(1, 16).map((line) => `    ${line.slice(0, 300)}`)].join('\n');
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
