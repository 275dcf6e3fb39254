/** `npm run dev [-- PROJECT]`: the interface with live reload in the browser, against the real server. */
import path from 'node:path';
import { becomeNode, callersFolder } from './setup/foreground.mjs';
import { isReady, main, setUp } from './setup/index.mjs';
import { root } from './setup/paths.mjs';
import { Reporter } from './setup/terminal.mjs';

await main(async () => {
  if (!isReady()) await setUp({ reporter: new Reporter() });
  return becomeNode([path.join(root, 'scripts', 'dev', 'run.mjs'), ...process.argv.slice(2)], {
    cwd: callersFolder(),
  });
});
