/** `npm run demo`: set-up, then the whole job on sample data, by the same commands that anybody can type. */
import path from 'node:path';
import { parseArgs } from 'node:util';
import { build } from './builds.mjs';
import { describeReport, runDemo } from './demo/run.mjs';
import { becomeNode, callersFolder } from './setup/foreground.mjs';
import { main, setUp } from './setup/index.mjs';
import { root } from './setup/paths.mjs';
import { Reporter } from './setup/terminal.mjs';

const help = `npm run demo -- [--quick] [--json] [--no-open] [PROJECT]

Makes sample scenes, trains on them, judges the model on scenes that it has never seen, exports it to ONNX and
compares the exported model's answers. The report is printed and written to report.json in the project. In a
terminal the interface then opens on it.

  PROJECT     where to make the project (demo.twinhead); one that is there is trained on again
  --quick     few scenes and epochs: shows that everything works, not how well
  --json      prints the report as one JSON document
  --no-open   ends after the report
`;

await main(async () => {
  let options;
  try {
    options = parseArgs({
      options: {
        quick: { type: 'boolean', default: false },
        json: { type: 'boolean', default: false },
        'no-open': { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
      allowPositionals: true,
    });
  } catch (error) {
    process.stderr.write(`${error.message}\n\n${help}`);
    return 2;
  }
  const { values, positionals } = options;
  if (values.help) {
    process.stdout.write(help);
    return 0;
  }
  const { quick, json } = values;
  const cwd = callersFolder();
  const name = positionals[0] ?? (quick ? 'demo-quick.twinhead' : 'demo.twinhead');
  const project = path.resolve(cwd, name.endsWith('.twinhead') ? name : `${name}.twinhead`);
  const reporter = new Reporter(process.stderr);
  await setUp({ reporter });

  const { status, report } = await runDemo({ project, quick, reporter });
  if (status !== 0) return status;
  if (json) process.stdout.write(`${JSON.stringify(report, null, 2)}\n`);
  else process.stdout.write(`\n${describeReport(report).join('\n')}\n`);

  const interactive = process.stdin.isTTY && process.stdout.isTTY && !process.env.CI;
  if (json || values['no-open'] || !interactive) return 0;
  if (!(await build(['interface'], { reporter }))) return 1;
  return becomeNode([path.join(root, 'electron', 'cli', 'index.ts'), 'serve', project], { cwd });
});
