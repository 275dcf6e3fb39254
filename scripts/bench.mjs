/** `npm run bench`: prints speeds beside their budgets. Options go to test/bench/run.ts. */
import path from 'node:path';
import { becomeNode } from './setup/foreground.mjs';
import { isReady, main, setUp } from './setup/index.mjs';
import { root } from './setup/paths.mjs';
import { Reporter } from './setup/terminal.mjs';

await main(async () => {
  if (!isReady()) await setUp({ reporter: new Reporter(process.stderr) });
  return becomeNode([path.join(root, 'test', 'bench', 'run.ts'), ...process.argv.slice(2)], { cwd: root });
});
