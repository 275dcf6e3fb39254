import { describe, expect, it } from 'vitest';
import { TwinheadError } from '../../electron/common/errors.ts';
import type { ErrorReport } from '../../electron/common/errors.ts';
import {
  applySettings,
  mergeConfig,
  parseTrainingConfig,
  settingKeys,
  trainingConfigJsonSchema,
} from '../../electron/learning/config/config.ts';
import { LANGUAGES, languages } from '../../electron/common/sentences/languages.ts';
import { AGGREGATIONS } from '../../electron/learning/multitask/aggregation/index.ts';
import { WEIGHTINGS } from '../../electron/learning/multitask/weighting/index.ts';
import { asEnglish } from '../support/in-english.ts';

const defaults = parseTrainingConfig({});

/** `method: words` within an explanation. */
const sayingOf = (method: string): RegExp => new RegExp(`\\b${method}[:：]\\s*[^\\s.。]`);

function refusal(run: () => unknown): ErrorReport {
  try {
    run();
  } catch (error) {
    if (error instanceof TwinheadError) return asEnglish(error.toReport());
    throw error;
  }
  throw new Error('nothing was refused');
}

describe('a training configuration', () => {
  it('is complete when nothing is given', () => {
    expect(defaults.network).toBe('nano');
    expect(defaults.augment.flip).toBe(0);
    expect(defaults.evaluation.overall).toEqual({ imageClass: 1, boxes: 1 });
  });

  it('takes settings written as key=value', () => {
    const config = applySettings(defaults, ['optimizer.learningRate=1e-4', 'epochs=7', 'network=plain']);
    expect(config.optimizer).toEqual({ ...defaults.optimizer, learningRate: 1e-4 });
    expect(config.epochs).toBe(7);
    expect(config.network).toBe('plain');
    expect(defaults.epochs).not.toBe(7);
  });

  it.each([
    ['epocs=3', 'epochs'],
    ['learningrate=1', 'optimizer.learningRate'],
    ['optimizer.rate=1', 'optimizer.learningRate'],
    ['augment.flp=0.5', 'augment.flip'],
  ])('names the nearest key for %s', (setting, nearest) => {
    const error = refusal(() => applySettings(defaults, [setting]));
    expect(error.code).toBe('invalid-input');
    expect(error.details['nearest']).toBe(nearest);
    expect(error.details.remedy).toContain(nearest);
  });

  it.each([
    ['batch=x', 'a whole number from 1 to 512'],
    ['epochs=2.5', 'a whole number'],
    ['inputSize=100', 'a multiple of 32'],
    ['network=huge', 'one of lite0, nano, plain'],
    ['augment.scale=-1', 'a number from 0 to 0.9'],
    ['soft.crossStitch=maybe', 'true or false'],
    ['regularization.heads.l1=2', 'a number from 0 to 1'],
  ])('says what %s should be', (setting, expected) => {
    const error = refusal(() => applySettings(defaults, [setting]));
    expect(error.message).toContain(expected);
    expect(error.details.place).toContain(setting.split('=')[0]);
  });

  it('refuses a group and a line without a value', () => {
    expect(refusal(() => applySettings(defaults, ['optimizer=3'])).details.remedy).toContain(
      'optimizer.clipNorm',
    );
    expect(refusal(() => applySettings(defaults, ['epochs'])).details.remedy).toContain('key=value');
    expect(refusal(() => applySettings(defaults, ['__proto__.x=1'])).code).toBe('invalid-input');
  });

  it.each([
    [['optimizer.nesterov=true'], 'optimizer.nesterov', 'sgd'],
    [
      ['optimizer.method=sgd', 'optimizer.nesterov=true', 'optimizer.momentum=0'],
      'optimizer.nesterov',
      '0.9',
    ],
    [['sharing=soft', 'optimizer.trunkMultiplier=0'], 'sharing', 'subnetworks'],
    [['weighting=gradnorm', 'optimizer.trunkMultiplier=0'], 'weighting', 'uncertainty'],
    [['aggregation=mgda', 'optimizer.trunkMultiplier=0'], 'aggregation', 'sum'],
    [['network=lite0', 'freeze.stages=5', 'augment.mosaic=0.5'], 'augment.mosaic', 'freeze.variants'],
  ])('refuses %j, which contradict each other, at %s', (settings, place, remedy) => {
    const error = refusal(() => applySettings(defaults, settings));
    expect(error.code).toBe('invalid-input');
    expect(error.details.place).toBe(`setting ${place}`);
    expect(error.details.remedy).toContain(remedy);
  });

  it('takes mosaics with a frozen trunk whose features are not kept, and where it is frozen at the beginning', () => {
    for (const settings of [['freeze.stages=5', 'freeze.variants=0'], ['freeze.epochs=20']]) {
      const config = applySettings(defaults, ['network=lite0', 'augment.mosaic=0.5', ...settings]);
      expect(config.augment.mosaic).toBe(0.5);
    }
  });

  it('refuses an unknown key in a file at its place', () => {
    const error = refusal(() => parseTrainingConfig({ optimizer: { rate: 3 } }));
    expect(error.details.place).toBe('setting optimizer.rate');
  });

  it('lays a part over a whole without losing what the part leaves out', () => {
    const base = applySettings(defaults, ['augment.flip=0.5', 'augment.scale=0.3']);
    const merged = mergeConfig(base, { augment: { scale: 0 } });
    expect(merged.augment).toEqual({ ...base.augment, scale: 0 });
    expect(mergeConfig(base, undefined)).toEqual(base);
    expect(refusal(() => mergeConfig(base, { augment: { scal: 0 } })).details['nearest']).toBe(
      'augment.scale',
    );
  });

  it('describes every key with its meaning in its JSON schema', () => {
    const schema = trainingConfigJsonSchema();
    for (const key of settingKeys()) {
      let node = schema;
      for (const part of key.split('.')) {
        node = (node['properties'] as Record<string, Record<string, unknown>>)[part]!;
      }
      expect(node['description'], key).toMatch(/\w+.*\.$/s);
      expect(node, key).toHaveProperty('default');
    }
  });

  it.each(LANGUAGES)('says of each weighting and aggregation what it does, in %s', (language) => {
    const words = languages[language].services;
    for (const method of WEIGHTINGS) expect(words['settings.weighting']).toMatch(sayingOf(method));
    for (const method of AGGREGATIONS) expect(words['settings.aggregation']).toMatch(sayingOf(method));
  });
});
