/** `npm run test:long`: attacks the product, and prints tries and breaks. Options go to test/long/run.ts. */
import path from 'node:path';
import { becomeNode } from './setup/foreground.mjs';
import { isReady, main, setUp } from './setup/index.mjs';
import { root } from './setup/paths.mjs';
import { Reporter } from './setup/terminal.mjs';

await main(async () => {
  if (!isReady()) await setUp({ reporter: new Reporter(process.stderr) });
  return becomeNode([path.join(root, 'test', 'long', 'run.ts'), ...process.argv.slice(2)], { cwd: root });
});
