import { describe, expect, it } from 'vitest';
import { TwinheadError } from '../../electron/common/errors.ts';
import { inEnglish } from '../../electron/common/sentences/english.ts';
import {
  applySettings,
  checkTrainable,
  parseTrainingConfig,
  configureRun,
  proposeConfig,
  sizeTraining,
  summarizeData,
} from '../../electron/learning/index.ts';
import type { LabelledData, TrainingSample } from '../../electron/learning/index.ts';
import { asEnglish } from '../support/in-english.ts';
import type { ErrorReport } from '../../electron/common/errors.ts';

const config = parseTrainingConfig({});
const classes = (...names: string[]) => names.map((name, i) => ({ id: i + 1, name }));

function sample(changes: Partial<TrainingSample>): TrainingSample {
  return {
    row: 0,
    imageId: 1,
    split: 'train',
    width: 100,
    height: 80,
    imageClass: null,
    boxes: null,
    ...changes,
  };
}

const box = (classIndex: number, side = 40) => ({ x: 5, y: 5, width: side, height: side, classIndex });

function data(...samples: TrainingSample[]): LabelledData {
  return { imageClasses: classes('sick', 'healthy'), objectClasses: classes('cell', 'platelet'), samples };
}

function refusal(input: LabelledData, settings: string[] = []): ErrorReport {
  try {
    checkTrainable(input, applySettings(config, settings));
  } catch (error) {
    if (error instanceof TwinheadError && error.code === 'not-trainable') return asEnglish(error.toReport());
    throw error;
  }
  throw new Error('nothing was refused');
}

describe('data that cannot be trained on is refused with the remedy', () => {
  const boxed = sample({ boxes: [box(0), box(1)] });

  it.each([
    ['no images', data(), 'Add images'],
    ['no labels', data(sample({}), sample({ split: 'val' })), 'draw boxes'],
    ['no validation split', data(boxed, sample({ split: 'test', boxes: [] })), 'Assign splits'],
    [
      'no training split',
      data(sample({ split: 'val', boxes: [box(0)] }), sample({ split: 'val', boxes: [box(0)] })),
      'Assign splits',
    ],
    [
      'one image class and no boxes',
      data(sample({ imageClass: 0 }), sample({ split: 'val', imageClass: 0 })),
      'at least two classes',
    ],
    [
      'images without boxes only',
      data(sample({ boxes: [] }), sample({ split: 'val', boxes: [] })),
      'draw boxes',
    ],
  ])('%s', (_, input, remedy) => {
    expect(refusal(input).details.remedy).toContain(remedy);
  });

  it('assigning splits is offered where it helps: not for one labelled image, nor where all have a split', () => {
    const assignable = (...samples: TrainingSample[]): boolean =>
      sizeTraining(data(...samples), config).assignable;
    const free = sample({ split: 'none', boxes: [box(0)] });
    expect(assignable(free, free)).toBe(true);
    expect(assignable(boxed, free)).toBe(true);
    expect(assignable(free, sample({ split: 'none' }))).toBe(false);
    expect(assignable(boxed, boxed)).toBe(false);
    expect(assignable(boxed, sample({ split: 'val', boxes: [box(0)] }), free)).toBe(false);
  });

  it('names the only class there is', () => {
    const one = data(sample({ imageClass: 1 }), sample({ split: 'val', imageClass: 1 }));
    expect(refusal(one).message).toContain('“healthy”');
  });

  it('one image, for which no split is of any use', () => {
    const { message, details } = refusal(data(boxed));
    expect(message).toContain('Only one image is labelled');
    expect(details.remedy).toContain('more images');
  });

  it('both heads switched off', () => {
    const both = data(boxed, sample({ split: 'val', boxes: [box(0)] }));
    expect(refusal(both, ['weights.boxes=0', 'weights.imageClass=0']).message).toContain('weight 0');
  });
});

describe('validation images without anything to judge by', () => {
  const train = [
    sample({ imageClass: 0, boxes: [box(0), box(1)] }),
    sample({ imageClass: 1, boxes: [box(0)] }),
  ];

  it('are refused where no head that is trained could be judged', () => {
    const { message, details } = refusal(data(...train, sample({ split: 'val', boxes: [] })));
    expect(message).toContain('No validation image has a label that the trained heads could be judged by');
    expect(details.remedy).toContain('validation split');
    const classed = data(...train, sample({ split: 'val', imageClass: 1 }));
    expect(refusal(classed, ['weights.imageClass=0']).message).toContain('judged');
  });

  it('are told beforehand of each head', () => {
    const said = (...validation: Parameters<typeof data>) =>
      checkTrainable(data(...train, ...validation), config)
        .warnings.map(inEnglish)
        .join();
    expect(said(sample({ split: 'val', imageClass: 1 }))).toContain('No validation image has a box');
    expect(said(sample({ split: 'val', boxes: [box(0)] }))).toContain(
      'No validation image has an image class',
    );
    expect(said(sample({ split: 'val', imageClass: 1, boxes: [box(0)] }))).not.toContain('validation');
  });
});

describe('data that can be trained on', () => {
  it('may have one object class only, and names the class without a box', () => {
    const { warnings } = checkTrainable(
      data(sample({ boxes: [box(0)] }), sample({ split: 'val', boxes: [box(0)] })),
      config,
    );
    expect(warnings.map(inEnglish).join()).toContain('“platelet” has no box');
  });

  it('says when a head has nothing to learn and when a class is missing', () => {
    const few = data(
      sample({ imageClass: 0, boxes: [box(0), box(1)] }),
      sample({ split: 'val', imageClass: 1, boxes: [box(0)] }),
    );
    expect(checkTrainable(few, config).warnings.map(inEnglish).join()).toContain(
      'image-class head is not trained',
    );
  });

  it('says which classes have few examples: one with two of them is named with their number', () => {
    const few = data(
      ...Array.from({ length: 6 }, () => sample({ imageClass: 0, boxes: [box(0)] })),
      ...Array.from({ length: 2 }, () => sample({ imageClass: 1, boxes: [box(1)] })),
      sample({ split: 'val', imageClass: 1, boxes: [box(0)] }),
    );
    expect(checkTrainable(few, config).warnings.map(inEnglish)).toEqual([
      expect.stringMatching(/^The class “healthy” has only 2 training images.* Label more, merge .*balance/),
      expect.stringMatching(/^The class “platelet” has only 2 boxes in the training images.* Label more/),
    ]);
  });

  it('says it of 300 classes in two sentences, not in 300', () => {
    const classes = Array.from({ length: 300 }, (_, place) => ({ id: place + 1, name: `class ${place}` }));
    const samples = Array.from({ length: 150 }, (_, place) => sample({ imageClass: place, boxes: null }));
    const many = { ...data(...samples, sample({ split: 'val', imageClass: 1 })), imageClasses: classes };
    const warnings = checkTrainable(many, config).warnings.map(inEnglish);
    expect(warnings.filter((text) => text.includes('classes'))).toEqual([
      expect.stringMatching(
        /^150 classes have no training image.*“class 150”, “class 151”, “class 152” and 147 more/,
      ),
      expect.stringMatching(/^150 classes have fewer than 5 training images/),
    ]);
  });

  it('does not learn one class from images that have several', () => {
    const several = data(
      sample({ imageClass: 0, furtherClasses: [1] }),
      sample({ imageClass: 1 }),
      sample({ split: 'val', imageClass: 0 }),
    );
    const refused = refusal(several);
    expect(refused.message).toBe('1 image has several classes, but imageHead.classes is one.');
    expect(refused.details['remedy']).toContain('Set imageHead.classes to several');
    expect(() => checkTrainable(several, applySettings(config, ['imageHead.classes=several']))).not.toThrow();
    expect(summarizeData(several).severalClasses).toBe(true);
    const { config: proposed, reasons } = proposeConfig(summarizeData(several));
    expect(proposed.imageHead.classes).toBe('several');
    expect(reasons.map(inEnglish).join()).toContain('several classes');
    const single = data(sample({ imageClass: 0 }), sample({ split: 'val', imageClass: 1 }));
    expect(proposeConfig(summarizeData(single)).config.imageHead.classes).toBe('one');
  });

  it('says how many boxes are too small and how many images have more boxes than slots', () => {
    const small = data(
      sample({ boxes: [box(0, 2), box(1), box(0), box(0)] }),
      sample({ split: 'val', boxes: [box(0)] }),
    );
    const settings = ['boxHead=slots', 'slots.count=2'];
    const text = checkTrainable(small, applySettings(config, settings)).warnings.map(inEnglish).join();
    expect(text).toContain('1 of 4 boxes are under 4 pixels');
    expect(text).not.toContain('can’t be learned');
    expect(text).toContain('1 training images have more boxes than the 2 slots');
  });
});

describe('boxes smaller than a stride', () => {
  it('are counted where a neighbour has their only place', () => {
    // Three of 6 pixels within one place of 8 pixels, beside a large one.
    const crowded = [box(0, 40), box(0, 6), box(1, 6), box(0, 6)];
    const warned = (boxes: ReturnType<typeof box>[]) =>
      checkTrainable(
        data(sample({ boxes, width: 128, height: 128 }), sample({ split: 'val', boxes: [box(0)] })),
        config,
      )
        .warnings.map(inEnglish)
        .join();
    expect(warned(crowded)).toContain('3 of 4 boxes are smaller than 8 pixels');
    expect(warned(crowded)).toMatch(/; [12] of them can’t be learned/);
    expect(warned([box(0, 40), box(0, 6)])).not.toContain('can’t be learned');
  });

  it('are counted by the only place that they have where places are given by how well they do', () => {
    const settings = ['dense.assignment=taskAligned'];
    // The centre of the first place is (4, 4): two have no centre inside, and it is the nearest of both.
    const beside = (x: number) => ({ ...box(0, 2), x, y: 1 });
    const warned = (boxes: ReturnType<typeof box>[]) =>
      checkTrainable(
        data(sample({ boxes, width: 128, height: 128 }), sample({ split: 'val', boxes: [box(0)] })),
        applySettings(config, settings),
      )
        .warnings.map(inEnglish)
        .join();
    expect(warned([beside(1), beside(5)])).toContain('; 1 of them can’t be learned');
    expect(warned([beside(1), beside(9)])).not.toContain('can’t be learned');
  });
});

describe('task-aligned assignment of more boxes than memory would hold', () => {
  const crowded = data(
    sample({ boxes: Array.from({ length: 1000 }, (_, i) => box(i % 2)) }),
    ...Array.from({ length: 40 }, () => sample({ split: 'val', boxes: [box(0)] })),
  );
  const settings = ['dense.assignment=taskAligned', 'inputSize=640', 'batch=16'];

  it('is refused with what it would take, and the batch that would do', () => {
    // 1000 boxes · 8400 anchors · 4 bytes · 15 tensors = 504 MB an image.
    const { message, details } = refusal(crowded, settings);
    expect(message).toContain('up to 1,000 boxes with 8,400 anchors in each of 16 images');
    expect(message).toContain('8.1 GB');
    expect(details.remedy).toContain('Set batch to 3 or less');
  });

  it('is not where the batch is that small, or boxes get their places by where they are', () => {
    expect(() => checkTrainable(crowded, applySettings(config, [...settings, 'batch=3']))).not.toThrow();
    const byPlace = applySettings(config, [...settings, 'dense.assignment=atss']);
    expect(() => checkTrainable(crowded, byPlace)).not.toThrow();
  });
});

describe('the proposal', () => {
  const many = (count: number, side: number, boxSide: number) =>
    data(
      ...Array.from({ length: count }, (_, i) =>
        sample({
          width: side,
          height: side,
          boxes: [box(i % 2, boxSide)],
          split: i % 5 === 0 ? 'val' : 'train',
        }),
      ),
    );
  const machine = { cores: 2, accelerator: false };

  it('takes lite0 for photographs and nano for small pictures, with what goes with each', () => {
    const [photographs, pictures] = [640, 128].map((side) =>
      proposeConfig(summarizeData(many(250, side, 90)), machine),
    );
    expect(photographs!.config).toMatchObject({ network: 'lite0', augment: { flip: 0.5 } });
    expect(photographs!.reasons.map(inEnglish).join()).toContain('photos');
    expect(pictures!.config.network).toBe('nano');
    expect(photographs!.config.optimizer.learningRate).toBeLessThan(pictures!.config.optimizer.learningRate);
  });

  it('trains the heads alone where there are few photographs and no graphics card', () => {
    const frozen = (count: number, accelerator: boolean) =>
      proposeConfig(summarizeData(many(count, 640, 90)), { cores: 2, accelerator }).config.freeze.stages;
    expect([frozen(100, false), frozen(100, true), frozen(1000, false)]).toEqual([5, 2, 2]);
  });

  it('follows the network that a person chooses, in a file or in a setting', () => {
    const summary = summarizeData(many(250, 640, 90));
    const expected = proposeConfig(summary, undefined, { network: 'nano' }).config;
    expect(configureRun(summary, { network: 'nano' }, [])).toEqual(expected);
    expect(configureRun(summary, null, ['network=nano', 'epochs=7'])).toEqual({ ...expected, epochs: 7 });
    expect(configureRun(summary, { batch: 4 }, [])).toEqual({ ...proposeConfig(summary).config, batch: 4 });
    expect(proposeConfig(summary).config.freeze.stages).toBeGreaterThan(0);
    expect(configureRun(summary, null, ['pretrained=false']).freeze.stages).toBe(0);
  });

  it('is a complete configuration with reasons in words, and never mirrors pictures unasked', () => {
    const { config: proposed, reasons } = proposeConfig(summarizeData(many(50, 128, 40)), machine);
    expect(parseTrainingConfig(proposed)).toEqual(proposed);
    expect(proposed.augment.flip).toBe(0);
    expect(reasons.length).toBeGreaterThan(2);
  });

  it('takes the size of small images, and a larger input for small boxes of large ones', () => {
    const propose = (side: number, boxSide: number) =>
      proposeConfig(summarizeData(many(50, side, boxSide)), machine).config.inputSize;
    expect(propose(128, 30)).toBe(128);
    expect(propose(2000, 800)).toBe(224);
    expect(propose(2000, 90)).toBeGreaterThan(224);
    // Blood platelets: found at 320 pixels (test AP50 0.85), missed at 224 (0.63).
    expect(propose(640, 40)).toBe(320);
    expect(propose(2000, 10)).toBe(320);
  });

  it('chooses the input by the class whose boxes are the smallest, however rare it is', () => {
    const cells = Array.from({ length: 20 }, () => box(0, 100));
    const propose = (platelets: number) => {
      const samples = Array.from({ length: 50 }, (_, i) =>
        sample({ width: 640, height: 480, boxes: i < platelets ? [...cells, box(1, 40)] : cells }),
      );
      return proposeConfig(summarizeData(data(...samples)), machine).config.inputSize;
    };
    expect([propose(0), propose(20)]).toEqual([224, 320]);
    // Two small boxes may be slips of the hand.
    expect(propose(2)).toBe(224);
  });

  it('trains few images longer than many', () => {
    const epochs = (count: number) =>
      proposeConfig(summarizeData(many(count, 128, 40)), machine).config.epochs;
    expect(epochs(40)).toBeGreaterThan(epochs(4000));
  });

  it('leaves out of the count what is not there', () => {
    const summary = summarizeData(data(sample({ imageClass: 1 })));
    expect(summary).toMatchObject({ imageClasses: 2, objectClasses: 0, mostBoxes: 0, smallBox: null });
  });
});
