/** `npm run screenshots -- PATH/TO/BCCD`: takes the pictures of the documentation anew. */
import path from 'node:path';
import { becomeNode, callersFolder } from './setup/foreground.mjs';
import { isReady, main, setUp } from './setup/index.mjs';
import { root } from './setup/paths.mjs';
import { Reporter } from './setup/terminal.mjs';

await main(async () => {
  if (!isReady()) await setUp({ reporter: new Reporter(process.stderr) });
  return becomeNode([path.join(root, 'test', 'screenshots', 'take.ts'), ...process.argv.slice(2)], {
    cwd: callersFolder(),
  });
});
