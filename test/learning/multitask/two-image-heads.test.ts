import { beforeAll, expect, it } from 'vitest';
import { createKernels } from '../../../electron/engine/kernels.ts';
import type { Engine } from '../../../electron/engine/index.ts';
import { imageClassHead } from '../../../electron/learning/heads/image-class/index.ts';
import type { Head, Task } from '../../../electron/learning/heads/types.ts';
import { Model } from '../../../electron/learning/model/model.ts';
import { createCompiledRunner, createEagerRunner } from '../../../electron/learning/model/runner.ts';
import { createTrainStep } from '../../../electron/learning/model/step.ts';
import { nativeEngine, temporaryFolder } from '../support.ts';
import { configure, COUNTS, prepareModel, reportOf } from './model-support.ts';

let engine: Engine;

beforeAll(async () => {
  engine = await nativeEngine();
});

/** Two heads of images, the second one in the place of that of boxes, which pools other features. */
function twoImageHeads(): Model {
  const config = configure([]);
  const { heads, grid } = new Model(config, COUNTS);
  const made = (pooling: 'attention' | 'average', dropout: number): Head =>
    imageClassHead.create({
      settings: { ...config.imageHead, pooling, dropout },
      classes: 2,
      inputSize: config.inputSize,
      grid,
    });
  const second: Task = { ...heads[0]!.task, name: 'boxes' };
  return new Model(config, COUNTS, [
    made('attention', 0.5),
    Object.assign(made('average', 0.25), { task: second }),
  ]);
}

it('two heads of images have a dropout each, and train the same compiled as op by op', () => {
  using folder = temporaryFolder();
  const { options, state, batch, scalars } = prepareModel(engine, folder.path, twoImageHeads());
  const dropped = ['imageClass', 'boxes'].map((task) => batch[`${task}.dropout`]!);
  expect(dropped[0]!.shape[1]).toBeGreaterThan(dropped[1]!.shape[1]!);
  expect(dropped.map(({ data }) => Math.max(...data))).toEqual([2, Math.fround(4 / 3)]);
  const step = createTrainStep(engine.tf, createKernels(engine), options);
  const eager = createEagerRunner(engine, step, state);
  const compiled = createCompiledRunner(engine, step, state, batch, scalars);
  const [one, other] = [eager, compiled].map((runner) =>
    reportOf(step.reportNames, runner.run(batch, scalars)),
  );
  for (const [name, value] of Object.entries(one!))
    expect(Math.abs(other![name]! - value) / Math.max(1, Math.abs(value)), name).toBeLessThan(1e-5);
  expect(one!['imageClass']).toBeGreaterThan(0.1);
  expect(one!['boxes']).toBeGreaterThan(0.1);
  expect(one!['boxes']).not.toBe(one!['imageClass']);
  const moved = (name: string) => {
    const { data } = eager.readState([name]).get(name)!;
    return data.some((value, i) => value !== state.get(name)!.data[i]);
  };
  for (const task of ['imageClass', 'boxes'])
    expect(moved(`parameters/${task}/classifier/kernel`), task).toBe(true);
  eager.dispose();
  compiled.dispose();
});
