/** One suite of `npm test` by itself: `node scripts/check.mjs unit [what its tool takes]`. */
import { format, suites, sum, summary } from './checks.mjs';
import { provideChromium } from './setup/chromium.mjs';
import { isReady, main, setUp } from './setup/index.mjs';
import { Reporter } from './setup/terminal.mjs';

await main(async () => {
  const [name, ...extra] = process.argv.slice(2);
  const writes = name === 'format';
  const checks = writes ? [format] : suites[name];
  if (!checks) {
    process.stderr.write(`There is no check ${name}; there are ${Object.keys(suites).join(', ')}, format.\n`);
    return 2;
  }
  const reporter = new Reporter();
  if (!isReady()) await setUp({ reporter });
  const chromium = name === 'e2e' ? await provideChromium({ reporter }) : null;
  const counts = [];
  for (const check of checks) counts.push(await check.run(writes ? [] : extra, { chromium }));
  const total = sum(counts);
  if (!writes) reporter.line(summary(total));
  return total.failed === 0 ? 0 : 1;
});
