import { existsSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { programEnvironment, runInForeground } from '../setup/foreground.mjs';
import { pinnedNode, root } from '../setup/paths.mjs';
import { duration } from '../setup/terminal.mjs';

/** What the demo has to reach on two cores; a quick one is too small to be judged. */
export const GOALS = { seconds: 300, accuracy: 0.9, map50: 0.85 };

const QUICK = {
  sample: ['--train=160', '--val=40', '--test=40'],
  train: ['--set', 'epochs=2'],
};

/**
 * Runs the commands of the whole job, one process each, their progress on standard error.
 * @param {{project: string, quick: boolean, reporter: import('../setup/terminal.mjs').Reporter}} request `project`: its folder
 * @returns {Promise<{status: number, report: object | null}>} the first status that is not 0 ends it, without a report
 */
export async function runDemo({ project, quick, reporter }) {
  const seconds = {};
  const documents = {};
  const steps = {
    sample: () => ['sample', project, ...(quick ? QUICK.sample : [])],
    train: () => ['train', project, ...(quick ? QUICK.train : [])],
    evaluate: () => ['evaluate', project, '--run', documents.train.run.id, '--split', 'test'],
    export: () => [
      ...['export-model', project, '--run', documents.train.run.id, '--format', 'onnx'],
      ...['--out', path.join(project, 'exports', documents.train.run.id)],
    ],
  };
  for (const [name, command] of Object.entries(steps)) {
    if (name === 'sample' && existsSync(path.join(project, 'project.db'))) {
      reporter.line(`${project} is there already: its scenes are used again.`);
      continue;
    }
    const args = command();
    reporter.line(`\n$ twinhead ${args.join(' ')}`);
    const start = Date.now();
    const { status, stdout } = await twinhead(args);
    seconds[name] = (Date.now() - start) / 1000;
    if (status !== 0) return { status, report: null };
    documents[name] = JSON.parse(stdout);
  }
  const report = makeReport({ project, quick, seconds, documents });
  writeReport(path.join(project, 'report.json'), report);
  return { status: 0, report };
}

async function twinhead(args) {
  let stdout = '';
  const status = await runInForeground(
    pinnedNode(),
    [path.join(root, 'electron', 'cli', 'index.ts'), ...args, '--json'],
    { env: programEnvironment(), onStdout: (text) => (stdout += text) },
  );
  return { status, stdout };
}

/** @param {{seconds: Record<string, number>, documents: Record<string, object>}} outcome */
export function makeReport({ project, quick, seconds, documents }) {
  const total = Object.values(seconds).reduce((sum, value) => sum + value, 0);
  const { run } = documents.train;
  const evaluation = documents.evaluate;
  const judged = {
    seconds: { value: total, goal: GOALS.seconds, met: total <= GOALS.seconds },
    accuracy: atLeast(evaluation.imageClass.accuracy, GOALS.accuracy),
    map50: atLeast(evaluation.boxes.map50, GOALS.map50),
  };
  return {
    project,
    quick,
    seconds: { ...seconds, total },
    goals: quick ? null : judged,
    run,
    evaluation,
    export: { folder: documents.export.out, ...documents.export.result },
  };
}

function atLeast(value, goal) {
  return { value, goal, met: value >= goal };
}

/** @returns {string[]} the report in lines for people */
export function describeReport({ project, seconds, goals, run, evaluation, export: exported }) {
  const percent = (value) => `${(100 * value).toFixed(1)} %`;
  const mark = (goal) => (goal === undefined ? '' : goal.met ? '  ✓' : '  ✗');
  const against = (name, text) => (goals ? `  (goal: ${text})${mark(goals[name])}` : '');
  return [
    `Trained ${run.epoch} epochs in ${duration(1000 * run.seconds)} on ${run.device}; whole demo ${duration(1000 * seconds.total)}${against('seconds', 'under 5 minutes')}`,
    `On ${evaluation.images} scenes with digits that it has never seen:`,
    `  what it is   accuracy ${percent(evaluation.imageClass.accuracy)}${against('accuracy', 'at least 90 %')}, macro F1 ${percent(evaluation.imageClass.macroF1)}`,
    `  where it is  mAP50 ${percent(evaluation.boxes.map50)}${against('map50', 'at least 85 %')}, mAP50-95 ${percent(evaluation.boxes.map)}`,
    `ONNX in ${exported.folder}: run on ${exported.images} images, largest difference of a probability ${exported.largestDifference?.toExponential(1)}, of a box corner ${exported.largestBoxDifference?.toExponential(1)} px`,
    `Report: ${path.join(project, 'report.json')}`,
    `Look at it: npm run -s twinhead -- serve ${project}`,
  ];
}

/** Under another name first, so that a report is never half there. */
function writeReport(file, report) {
  const temporary = `${file}.${process.pid}`;
  writeFileSync(temporary, `${JSON.stringify(report, null, 2)}\n`, { flush: true });
  renameSync(temporary, file);
}
