/** `npm run package [-- electron-builder's options]`: installers for this system, under release/. */
import path from 'node:path';
import { build, parts } from './builds.mjs';
import { provideElectron } from './setup/electron.mjs';
import { runInForeground } from './setup/foreground.mjs';
import { main, setUp } from './setup/index.mjs';
import { pinnedNode, root } from './setup/paths.mjs';
import { Reporter } from './setup/terminal.mjs';

await main(async () => {
  const reporter = new Reporter();
  await setUp({ reporter });
  if (!(await build(Object.keys(parts), { reporter }))) return 1;
  const { file, reason } = await provideElectron({ root, reporter });
  if (!file) {
    process.stderr.write(
      `Installers contain Electron's binary, which could not be fetched: ${reason}.\n` +
        'What goes into them is built under dist/. Run this where the binary can be fetched.\n',
    );
    return 1;
  }
  const builder = path.join(root, 'node_modules', 'electron-builder', 'cli.js');
  return runInForeground(pinnedNode(), [builder, '--publish=never', ...process.argv.slice(2)], { cwd: root });
});
