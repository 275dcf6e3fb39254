/** `npm run build [-- interface|app|preload]`: what is given to the browser and to Electron, under dist/. */
import { build, parts } from './builds.mjs';
import { main, setUp } from './setup/index.mjs';
import { Reporter } from './setup/terminal.mjs';

await main(async () => {
  const wanted = process.argv.slice(2);
  const unknown = wanted.find((name) => !(name in parts));
  if (unknown) {
    process.stderr.write(`There is no part ${unknown}; there are ${Object.keys(parts).join(', ')}.\n`);
    return 2;
  }
  const reporter = new Reporter();
  await setUp({ reporter });
  return (await build(wanted.length > 0 ? wanted : Object.keys(parts), { reporter })) ? 0 : 1;
});
