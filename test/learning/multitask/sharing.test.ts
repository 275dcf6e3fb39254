import type { Tensor, Tensor4D } from '@tensorflow/tfjs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Engine } from '../../../electron/engine/index.ts';
import { createKernels } from '../../../electron/engine/kernels.ts';
import type { Kernels } from '../../../electron/engine/kernels.ts';
import { Model } from '../../../electron/learning/model/model.ts';
import { parameterCount } from '../../../electron/learning/base/parameters.ts';
import type { ModelShape } from '../../../electron/learning/base/parameters.ts';
import { createCompiledRunner, createEagerRunner } from '../../../electron/learning/model/runner.ts';
import { stepScalars } from '../../../electron/learning/training/schedule.ts';
import { stepOptionsOf, withoutEffect } from '../../../electron/learning/model/step-options.ts';
import { createTrainStep, stateName } from '../../../electron/learning/model/step.ts';
import { nativeEngine, temporaryFolder } from '../support.ts';
import { COUNTS, SIZE, configure, prepare, reportOf } from './model-support.ts';
import { inEnglish } from '../../../electron/common/sentences/english.ts';

let engine: Engine;
let kernels: Kernels;

beforeAll(async () => {
  engine = await nativeEngine();
  kernels = createKernels(engine);
});

const folder = temporaryFolder();
afterAll(() => folder[Symbol.dispose]());
const setUp = (settings: readonly string[]) => prepare(engine, folder.path, settings);

const modelOf = (settings: readonly string[], counts = COUNTS) => new Model(configure(settings), counts);
const shapeOf = (settings: readonly string[], counts = COUNTS): ModelShape =>
  modelOf(settings, counts).declare(engine.tf, kernels).shape;

const part = (shape: ModelShape, prefix: string): number =>
  parameterCount({ ...shape, parameters: shape.parameters.filter(({ name }) => name.startsWith(prefix)) });

describe('the size of a network', () => {
  const plain = () => shapeOf([]);

  it('is that of one network a head where each has its own trunk, and four numbers a channel with cross-stitch units', () => {
    const soft = shapeOf(['sharing=soft']);
    const image = shapeOf([], { ...COUNTS, objectClasses: 0 });
    const boxes = shapeOf([], { ...COUNTS, imageClasses: 0 });
    expect(parameterCount(soft)).toBe(parameterCount(image) + parameterCount(boxes));
    expect(part(soft, 'trunk/boxes/')).toBe(part(boxes, 'trunk/'));
    expect(soft.multiplyAdds).toBe(image.multiplyAdds + boxes.multiplyAdds);
    const stitched = shapeOf(['sharing=soft', 'soft.crossStitch=true']);
    // Levels of 64, 128 and 192 channels, and the one map of the pyramid, of 16, that both heads read.
    expect(parameterCount(stitched) - parameterCount(soft)).toBe(4 * (64 + 128 + 192 + 16));
  });

  it('grows by 3×3 convolutions with batch norm on every level that a head reads', () => {
    const block = (channels: number) => 9 * channels ** 2 + 2 * channels;
    const two = shapeOf(['sharing=subnetworks', 'subnetworks.depth=2']);
    expect(part(two, 'trunk/')).toBe(part(plain(), 'trunk/'));
    expect(part(two, 'boxes/') - part(plain(), 'boxes/')).toBe(2 * 3 * block(16));
    // The finest level of the pyramid and the coarsest of the trunk.
    expect(part(two, 'imageClass/') - part(plain(), 'imageClass/')).toBe(2 * (block(16) + block(192)));
    const places = [4, 2, 1].map((side) => side ** 2);
    const boxes = 2 * 9 * 16 ** 2 * places.reduce((a, b) => a + b);
    const image = 2 * 9 * (16 ** 2 * 16 + 192 ** 2);
    expect(two.multiplyAdds - plain().multiplyAdds).toBe(boxes + image);
  });

  it('grows by what the second head reads of the first', () => {
    const boxesFirst = shapeOf(['sharing=sequential']);
    // Two numbers for each of two object classes, to two image classes.
    expect(parameterCount(boxesFirst) - parameterCount(plain())).toBe(2 * 2 * 2);
    const imageFirst = shapeOf(['sharing=sequential', 'sequential.first=imageClass']);
    // On three levels of 16 channels: two classes and a bias.
    expect(parameterCount(imageFirst) - parameterCount(plain())).toBe(3 * (2 + 1) * 16);
  });
});

describe('sequential sharing', () => {
  it.each([
    ['boxes', 'boxes.boxWeight', 'boxes/level8/class/kernel'],
    ['imageClass', 'imageClass.imageMask', 'imageClass/classifier/kernel'],
  ])('with %s first teaches that head by the loss of the other one', (first, mask, kernel) => {
    for (const sharing of ['parallel', 'sequential']) {
      const { options, state, batch, scalars } = setUp([
        `sharing=${sharing}`,
        `sequential.first=${first}`,
        'optimizer.weightDecay=0',
      ]);
      batch[mask]!.data.fill(0);
      const runner = createEagerRunner(engine, createTrainStep(engine.tf, kernels, options), state);
      runner.run(batch, scalars);
      const name = stateName.parameter(kernel);
      const { data } = runner.readState([name]).get(name)!;
      const moved = data.some((value, i) => value !== state.get(name)!.data[i]);
      expect(moved, sharing).toBe(sharing === 'sequential');
      runner.dispose();
    }
  });
});

describe('soft sharing', () => {
  it('begins with two equal trunks, which the tie then holds together', () => {
    const apart = (tie: number) => {
      const { options, state, batch, scalars, initial } = setUp(['sharing=soft', `soft.tie=${tie}`]);
      expect(initial.get('trunk/boxes/down8/kernel')).toEqual(initial.get('trunk/imageClass/down8/kernel'));
      const step = createTrainStep(engine.tf, kernels, options);
      const runner = createEagerRunner(engine, step, state);
      const first = reportOf(step.reportNames, runner.run(batch, scalars))['regularization'] ?? 0;
      for (let i = 1; i < 8; i++) runner.run(batch, stepScalars(configure([]), i, 2));
      const of = (tower: string) =>
        runner.readState().get(stateName.parameter(`trunk/${tower}/down8/kernel`))!.data;
      const [one, other] = [of('boxes'), of('imageClass')];
      runner.dispose();
      return { first, distance: one.reduce((sum, value, i) => sum + (value - other[i]!) ** 2, 0) };
    };
    const [loose, tied] = [apart(0), apart(10)];
    expect(tied.first).toBe(0);
    expect(tied.distance).toBeLessThan(loose.distance * 0.6);
  });

  it('begins with the pretrained weights in both trunks, whose form stays their own', () => {
    const settings = ['network=lite0', 'sharing=soft', 'activation=selu', 'batchNorm=false'];
    const { shape, initial } = modelOf(settings).declare(engine.tf, kernels);
    const alone = modelOf(['network=lite0']).declare(engine.tf, kernels).initial;
    for (const layer of ['stem/kernel', 'block7/depthwise/scale', 'block15/project/variance']) {
      for (const tower of ['boxes', 'imageClass']) {
        expect(initial.get(`trunk/${tower}/${layer}`), layer).toEqual(alone.get(`trunk/${layer}`));
      }
    }
    expect(shape.statistics.length).toBeGreaterThan(0);
    expect(shape.statistics.some(({ name }) => name.includes('/neck/'))).toBe(false);
  });

  it('is one trunk where there is one head, and says that sharing has no effect', () => {
    const alone = modelOf(['sharing=soft', 'aggregation=mgda'], { ...COUNTS, imageClasses: 0 });
    const { shape } = alone.declare(engine.tf, kernels);
    expect(shape.parameters.some(({ name }) => name === 'trunk/stem/kernel')).toBe(true);
    expect(stepOptionsOf(alone, shape).multitask).toBeUndefined();
    expect(inEnglish(withoutEffect(alone)!)).toMatch(/sharing soft, aggregation mgda has no effect/);
    expect(withoutEffect(modelOf(['sharing=soft']))).toBeNull();
  });
});

describe('the style of layers', () => {
  it('without batch norm has biases in its place and no statistics', () => {
    const shape = shapeOf(['batchNorm=false']);
    expect(shape.statistics).toEqual([]);
    expect(shape.parameters.map(({ name }) => name)).toContain('trunk/stem/bias');
    expect(shape.parameters.map(({ name }) => name)).not.toContain('trunk/stem/scale');
  });

  it('SELU keeps the size of signals through many layers, where its kernels start smaller', () => {
    const { tf } = engine;
    const spread = (settings: string[]) => {
      const { model, initial, shape } = setUp(['batchNorm=false', 'network=plain', ...settings]);
      const tensors: Record<string, Tensor> = {};
      for (const { name, shape: sides } of shape.parameters)
        tensors[name] = tf.tensor(initial.get(name)!, [...sides]);
      const images: Tensor4D = tf.randomUniform([4, SIZE, SIZE, 3], 0, 255, 'float32', 5);
      const logits = model.infer(tf, kernels, tensors, images, 'inference')['imageClass.classLogits']!;
      return [...logits.dataSync()];
    };
    expect(spread(['activation=selu'])).not.toEqual(spread([]));
    for (const value of spread(['activation=selu'])) expect(Math.abs(value)).toBeLessThan(10);
  });

  it.each(['activation=selu', 'batchNorm=false'])(
    '%s trains the same compiled as operation by operation',
    (setting) => {
      const { options, state, batch, scalars } = setUp([setting]);
      const step = createTrainStep(engine.tf, kernels, options);
      const eager = createEagerRunner(engine, step, state);
      const compiled = createCompiledRunner(engine, step, state, batch, scalars);
      const [one, other] = [eager, compiled].map((runner) => runner.run(batch, scalars));
      one!.forEach((value, i) => {
        const difference = Math.abs(other![i]! - value) / Math.max(1, Math.abs(value));
        expect(difference, step.reportNames[i]).toBeLessThan(1e-5);
      });
      eager.dispose();
      compiled.dispose();
    },
  );
});
