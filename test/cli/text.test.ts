import { Writable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import {
  describeBreakdown,
  describeCalibration,
  describeEvaluation,
  describeFalseAlarms,
  describeSplits,
} from '../../electron/cli/evaluate.ts';
import { describeExport } from '../../electron/cli/export-model.ts';
import { boxOf, describeActivation } from '../../electron/cli/explain.ts';
import { exitStatusOf } from '../../electron/cli/exit-status.ts';
import { Output, problemText } from '../../electron/cli/output.ts';
import { jobLine, ProgressLine } from '../../electron/cli/progress.ts';
import type { ScoreBreakdown } from '../../electron/common/entities.ts';
import type { Sentence } from '../../electron/common/sentences/sentence.ts';
import { say } from '../../electron/common/sentences/sentence.ts';
import { describeSuspects } from '../../electron/cli/suspects.ts';
import { columnsOf, duration, plain, table } from '../../electron/cli/text.ts';
import { inEnglish } from '../../electron/common/sentences/english.ts';
import { userFolder } from '../../electron/hosting/user-folder.ts';
import { job } from '../support/handlers.ts';

describe('text from files', () => {
  it('cannot steer the terminal', () => {
    expect(plain('a\x1b[31mred\x1b[0m\r\nb\u202e')).toBe('ared\\u000d\\u000ab\\u202e');
  });

  it('stands in columns, wide letters too', () => {
    expect(columnsOf('细胞a')).toBe(5);
    expect(
      table(
        ['class', 'uses'],
        [
          ['细胞', 5],
          ['rbc', 120],
        ],
      ),
    ).toEqual(['class  uses', '细胞      5', 'rbc     120']);
  });
});

describe('a remedy that is a choice on the page', () => {
  it.each([
    ['exchange.whereImages', '--images DIR'],
    ['exchange.encoding.remedy', '--encoding gbk'],
    ['exchange.encoding.found.remedy', '--encoding NAME'],
    ['exchange.encoding.unknown.remedy', '--encoding NAME'],
    ['services.import.encoding.remedy', 'twinhead snapshot restore'],
    ['services.leftOut.tooMany.remedy', 'twinhead health'],
    ['export.noBoxes.remedy', '--option suppression=true'],
  ] as const)('%s is the option %s in a terminal', (key, option) => {
    const remedy: Sentence = { key };
    expect(inEnglish(remedy)).not.toContain('--');
    expect(problemText({ message: 'Not found.', remedy })).toContain(option);
    const written: string[] = [];
    const stream = new Writable({
      write: (chunk: Buffer, _encoding, done): void => {
        written.push(chunk.toString());
        done();
      },
    });
    const output = new Output({ json: true, quiet: false, streams: { stdout: stream, stderr: stream } });
    output.failure({ code: 'unusable-input', message: 'Not found.', details: { remedy } });
    expect(written).toHaveLength(2);
    for (const text of written) expect(text).toContain(option);
  });
});

describe('progress', () => {
  const written = (isTTY: boolean, times: number[]): string[] => {
    const lines: string[] = [];
    const clock = times.values();
    const stream = { isTTY, columns: 12, write: (text: string) => lines.push(text) > 0 };
    const line = new ProgressLine(stream as never, false, () => clock.next().value ?? 0);
    for (let count = 1; count < times.length + (isTTY ? 1 : 0); count += 1) line.show(`a long line ${count}`);
    return lines;
  };

  it('is redrawn in place and cut at the edge of a terminal', () => {
    expect(written(true, [0, 50, 150])).toEqual(['\r\x1b[2Ka long line', '\r\x1b[2Ka long line']);
  });

  it('is a line every few seconds elsewhere', () => {
    expect(written(false, [0, 100, 5000, 6000])).toEqual(['a long line 2\n']);
  });

  it('has no figures where nothing is counted', () => {
    expect(jobLine(job({ message: say('jobs.doing.preparing') }))).toBe('Import: preparing images');
    expect(jobLine(job())).toBe('Import');
  });

  it('has the rate and the time left where they are known', () => {
    expect(jobLine(job({ title: 'Import', done: 120, total: 3000, perSecond: 240, secondsLeft: 12 }))).toBe(
      'Import: 120 of 3,000 files, 240 files/s, 0:12 left',
    );
    expect(jobLine(job({ done: 3 }))).toBe('Import: 3 files');
    expect(duration(11_220)).toBe('3:07:00');
  });
});

it('an evaluation on one image says so in the singular', () => {
  const evaluation = { run: 'r0001', split: 'test', dataRevision: 1, seconds: 2, overall: 0.5 } as const;
  const lines = (images: number) =>
    describeEvaluation({ ...evaluation, images, imageClass: null, boxes: null }, null);
  expect(lines(1)).toEqual(['r0001 on 1 image of test: overall 0.500, in 2.0 s']);
  expect(lines(2)).toEqual(['r0001 on 2 images of test: overall 0.500, in 2.0 s']);
});

it('the same run on each split is a line a task, from two splits on', () => {
  const scores = (boxes: number) => ({ images: 4, overall: boxes, tasks: { imageClass: null, boxes } });
  const train = { split: 'train', scores: scores(0.95), evaluable: true } as const;
  const val = { split: 'val', scores: scores(0.9), evaluable: true } as const;
  const test = { split: 'test', scores: null, evaluable: true } as const;
  expect(describeSplits([train, val, test])).toEqual([
    '',
    'boxes.map50  train 0.950, val 0.900 (−0.050 against train)',
  ]);
  expect(describeSplits([{ ...train, scores: null }, val, test])).toEqual([]);
});

it('groups of images are listed by their score, the lowest first, then numbers of boxes', () => {
  const part = (images: number, boxes: number | null) => ({ images, tasks: { boxes }, filter: {} });
  const breakdown: ScoreBreakdown = {
    groups: [
      { kind: 'folder', name: 'day', ...part(5, 0.9) },
      { kind: 'video', name: 'night\u001b[2J', ...part(2, 0.4) },
    ],
    groupsLeftOut: 0,
    objects: [
      { from: 0, to: 1, ...part(1, null) },
      { from: 1, to: 3, ...part(6, 0.8) },
      { from: 3, to: null, ...part(1, 0.5) },
    ],
    attributes: [
      { name: 'weather', value: 'fog', boxes: 4, found: 3, meanIou: 0.75, ...part(2, 0.4) },
      { name: 'weather', value: null, boxes: 2, found: 0, meanIou: null, ...part(1, null) },
    ],
    valuesLeftOut: 1,
  };
  expect(describeBreakdown(breakdown)).toEqual([
    '',
    'group  images  boxes.map50',
    'night       2  0.400',
    'day         5  0.900',
    '',
    'boxes on an image  images  boxes.map50',
    '0                       1  –',
    '1 to 2                  6  0.800',
    '3 or more               1  0.500',
    '',
    'attribute (1 more values)  boxes  found  mean IoU  on images  boxes.map50',
    'weather: fog                   4  0.750  0.750             2  0.400',
    'weather: (not set)             2  0.000  –                 1  –',
  ]);
  expect(describeBreakdown(null)).toEqual([]);
});

it('a calibration says what the temperature makes of it, where there is one', () => {
  const calibration = { error: 0.0812, bins: [], temperature: 1.4, scaledError: 0.0231 };
  expect(describeCalibration(calibration)).toEqual([
    '',
    'image classes: calibration error 0.081, 0.023 with temperature 1.40 (fitted on validation)',
  ]);
  const alone = { ...calibration, temperature: null, scaledError: null };
  expect(describeCalibration(alone)).toEqual(['', 'image classes: calibration error 0.081']);
  expect(describeCalibration(null)).toEqual([]);
});

it('false alarms are told where images are known to be empty', () => {
  const alarms = { images: 12, alarmed: 3, detections: 9, from: 0.05 };
  expect(describeFalseAlarms(alarms)).toEqual([
    '',
    'empty images: false alarms on 3 of 12, 75.0 per 100 images, from a score of 0.050',
  ]);
  expect(describeFalseAlarms({ ...alarms, from: null })[1]).toContain('from the run’s own thresholds');
  expect([describeFalseAlarms({ ...alarms, images: 0 }), describeFalseAlarms(null)]).toEqual([[], []]);
});

it('suspicious labels and the proof of an export have plain words and few digits', () => {
  const found = { x: 1.25, y: 2, width: 30, height: 40, classId: 7 };
  const suspect = {
    ...{ image: { path: 'a.png' }, score: 0.9123, overlap: null, error: null, found, truth: null },
    imageClasses: null,
  };
  expect(describeSuspects([suspect], [{ id: 7, name: 'cat' }])).toEqual([
    'image  label  found  doubt  IoU  x y width height',
    'a.png  –      cat    91%    –    1 2 30 40',
  ]);
  const imageClasses = { labelled: [7], predicted: [8] };
  expect(
    describeSuspects(
      [{ ...suspect, found: null, imageClasses }],
      [
        { id: 7, name: 'cat' },
        { id: 8, name: 'dog' },
      ],
    ),
  ).toEqual(['image  label  found  doubt', 'a.png  cat    dog    91%']);
  const difference = { output: 'probabilities', unit: 'probability', tolerance: 1e-4 } as const;
  expect(
    describeExport('/out', {
      unverified: null,
      certificate: {
        ...{ images: 8, batchSizes: [1], engine: 'cpu', runtime: 'ONNX Runtime 1.30.0' },
        milliseconds: { engine: 4.321, runtime: 12.345 },
        ...{ sha256: '0'.repeat(64), verifiedAt: '2026-01-01T00:00:00.000Z', detections: 12 },
        differences: [
          { ...difference, largest: 0.000003337860107421875 },
          { output: 'boxes', unit: 'pixels', largest: 0.00030518, tolerance: 0.01 },
        ],
      },
    }),
  ).toEqual([
    'Exported to /out.',
    'Run in ONNX Runtime 1.30.0 on 8 images of the project and compared with the trained model:',
    '  probabilities: differs by at most 3.3×10⁻⁶; 0.0001 allowed.',
    '  boxes: differs by at most 0.00031 pixels; 0.01 allowed.',
    '  detections: those that Twinhead keeps, in the same order; 12 in all.',
    '  12.3 ms per image; 4.32 ms in the engine that trained it.',
  ]);
  const unverified = say('export.tflite.verifiedWhere');
  const [first, why] = describeExport('/out', { certificate: null, unverified });
  expect(first).toBe('Written to /out, not verified.');
  expect(why).toMatch(/pip install ai-edge-litert/);
});

it('errors have the exit status that the command promises', () => {
  expect(exitStatusOf('invalid-input')).toBe(2);
  for (const code of [
    'unusable-input',
    'not-trainable',
    'project-too-new',
    'project-corrupt',
    'not-found',
  ] as const) {
    expect(exitStatusOf(code)).toBe(3);
  }
  for (const code of ['internal', 'cancelled', 'port-in-use', 'disk-full', 'export-mismatch'] as const) {
    expect(exitStatusOf(code)).toBe(1);
  }
});

it('settings lie where each system keeps them, or where the environment says', () => {
  expect(userFolder({}, 'linux', '/home/a')).toBe('/home/a/.config/twinhead');
  expect(userFolder({ XDG_CONFIG_HOME: 'relative' }, 'linux', '/home/a')).toBe('/home/a/.config/twinhead');
  expect(userFolder({ TWINHEAD_USER_DIR: '/x' }, 'darwin', '/home/a')).toBe('/x');
});

it('what speaks for a class is told by its strongest place in the picture', () => {
  // A picture of 200 × 100: the square input reaches beyond it above and below.
  const map = { area: { x: 0, y: -50, width: 200, height: 200 }, picture: { width: 200, height: 100 } };
  const values = (...bytes: number[]) => ({ ...map, side: 2, values: Buffer.from(bytes).toString('base64') });
  expect(describeActivation(values(0, 0, 200, 255), 'cat')).toEqual([
    'What speaks for cat is strongest at 150, 100; 50 % of the network’s input reaches half of that.',
  ]);
  expect(describeActivation(values(0, 0, 0, 0), 'cat')).toEqual(['Nothing in the picture speaks for cat.']);
  expect(boxOf('1, 2.5,3,4')).toEqual({ x: 1, y: 2.5, width: 3, height: 4 });
  for (const text of ['1,2,3', '1,2,3,0', '1,,3,4', 'a,b,c,d'])
    expect(() => boxOf(text)).toThrow(/four numbers/);
});
