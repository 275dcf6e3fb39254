/** `npm run test:long`: attacks the product, and prints tries and breaks. Options go to test/long/run.ts. */
import path from 'node:path';
import { build } from './builds.mjs';
import { becomeNode } from './setup/foreground.mjs';
import { isReady, main, setUp } from './setup/index.mjs';
import { root } from './setup/paths.mjs';
import { Reporter } from './setup/terminal.mjs';

await main(async () => {
  const args = process.argv.slice(2);
  const reporter = new Reporter(process.stderr);
  if (!isReady()) await setUp({ reporter });
  const names = args.filter((one) => /^[a-z]/.test(one));
  const looksAtPages = names.length === 0 || names.some((name) => ['soak', 'tests'].includes(name));
  if (looksAtPages && !(await build(['interface'], { reporter }))) return 1;
  return becomeNode([path.join(root, 'test', 'long', 'run.ts'), ...args], { cwd: root });
});
