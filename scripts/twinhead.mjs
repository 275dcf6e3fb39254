#!/usr/bin/env node
/** The `twinhead` command: hands over to the pinned Node; sets up first where something is missing. */
import path from 'node:path';
import { build, needsInterface } from './builds.mjs';
import { becomeNode, callersFolder } from './setup/foreground.mjs';
import { isReady, main, setUp } from './setup/index.mjs';
import { root } from './setup/paths.mjs';
import { Reporter } from './setup/terminal.mjs';

await main(async () => {
  const args = process.argv.slice(2);
  // Standard output belongs to the command.
  const reporter = new Reporter(process.stderr);
  if (!isReady()) await setUp({ reporter });
  if (needsInterface(args) && !(await build(['interface'], { reporter }))) return 1;
  return becomeNode([path.join(root, 'electron', 'cli', 'index.ts'), ...args], { cwd: callersFolder() });
});
