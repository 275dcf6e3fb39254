import type { Evaluation } from '../common/entities.ts';
import type { TaskName } from '../common/heads.ts';
import { chosenHeads } from '../learning/config/chosen-heads.ts';
import { overallScore } from '../learning/metrics/index.ts';
import { serveTask } from '../tasks/serve.ts';
import type { JudgeTask, Judging } from './judge.ts';

function evaluate({
  samples,
  predictions,
  config,
  run,
  split,
  dataRevision,
  seconds,
  ...names
}: JudgeTask): Evaluation {
  const judged = samples.map((sample, index) => ({ sample, prediction: predictions[index]! }));
  const heads = chosenHeads(config).map(({ task, group }) => ({
    name: task.name,
    found: task.judge(
      judged,
      names[task.classes],
      config[group as keyof typeof config],
      config.evaluation.minScore,
    ),
  }));
  const byTask = <Value>(valueOf: (found: (typeof heads)[number]['found']) => Value) =>
    Object.fromEntries(heads.map(({ name, found }) => [name, valueOf(found)]));
  return {
    run,
    split,
    dataRevision,
    images: samples.length,
    seconds,
    overall: overallScore(
      byTask((found) => found?.score ?? null),
      config.evaluation.overall,
    ),
    ...(byTask((found) => found?.scores() ?? null) as Pick<Evaluation, TaskName>),
  };
}

await serveTask<Judging>(evaluate);
