import { z } from 'zod';
import { TwinheadError } from '../../common/errors.ts';
import { expectation, unwrap } from '../../common/expected-value.ts';
import { nearestNames } from '../../common/nearest-names.ts';
import { say } from '../../common/sentences/sentence.ts';
import { inEnglish } from '../../common/sentences/english.ts';
import { checkConsistent } from './config-consistent.ts';
import { TrainingConfig } from './schema.ts';

/**
 * A complete, checked configuration from what a person wrote; what is left out gets its default.
 * @throws TwinheadError `invalid-input` naming the setting, what it should be, and the nearest known key; or which other
 * setting it contradicts.
 */
export function parseTrainingConfig(raw: unknown): TrainingConfig {
  const result = TrainingConfig.safeParse(raw ?? {});
  if (result.success) {
    checkConsistent(result.data);
    return result.data;
  }
  throw settingError(result.error.issues[0]!, raw);
}

/** The configuration as JSON Schema (2020-12), with ranges, defaults and descriptions, for the interface. */
export function trainingConfigJsonSchema(): Record<string, unknown> {
  return z.toJSONSchema(TrainingConfig, { io: 'input' });
}

/**
 * Changes single settings, as `--set optimizer.learningRate=0.001` does.
 * @throws TwinheadError `invalid-input` for a line without "=", an unknown key (with the nearest one) or a wrong value.
 */
export function applySettings(config: TrainingConfig, settings: readonly string[]): TrainingConfig {
  const changed = structuredClone(config) as Record<string, unknown>;
  for (const setting of settings) {
    const equals = setting.indexOf('=');
    if (equals < 1) {
      throw new TwinheadError('invalid-input', say('settings.notOne', { text: setting }), {
        place: say('settings.place', { setting }),
        remedy: say('settings.notOne.remedy'),
      });
    }
    assign(changed, setting.slice(0, equals).trim(), readValue(setting.slice(equals + 1).trim()));
  }
  return parseTrainingConfig(changed);
}

/**
 * A configuration with parts of another laid over it, as a file with some settings is laid over the proposal.
 * @throws TwinheadError as {@link parseTrainingConfig}.
 */
export function mergeConfig(config: TrainingConfig, changes: unknown): TrainingConfig {
  if (changes === undefined || changes === null) return config;
  if (!isGroup(changes)) return parseTrainingConfig(changes);
  return parseTrainingConfig(overlay(config, changes));
}

function isGroup(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function overlay(base: Record<string, unknown>, changes: Record<string, unknown>): Record<string, unknown> {
  const result: Record<string, unknown> = { ...base };
  for (const [key, value] of Object.entries(changes)) {
    const before = Object.hasOwn(base, key) ? base[key] : undefined;
    result[key] = isGroup(before) && isGroup(value) ? overlay(before, value) : value;
  }
  return result;
}

/** Every key that can be set, in the order of the schema: "network", "imageHead.pooling", … */
export function settingKeys(): string[] {
  return leafKeys(TrainingConfig, '');
}

function leafKeys(schema: z.ZodType, prefix: string): string[] {
  const inner = unwrap(schema);
  if (!(inner instanceof z.ZodObject)) return [prefix];
  return Object.entries(inner.shape as Record<string, z.ZodType>).flatMap(([key, value]) =>
    leafKeys(value, prefix === '' ? key : `${prefix}.${key}`),
  );
}

function schemaAt(path: readonly PropertyKey[]): z.ZodType | null {
  let schema: z.ZodType = TrainingConfig;
  for (const key of path) {
    const inner = unwrap(schema);
    if (!(inner instanceof z.ZodObject) || !Object.hasOwn(inner.shape, key)) return null;
    schema = (inner.shape as Record<PropertyKey, z.ZodType>)[key]!;
  }
  return schema;
}

function unknownKey(key: string): TwinheadError {
  const [nearest] = nearestNames(key, settingKeys(), 1);
  return new TwinheadError('invalid-input', say('settings.unknown', { setting: key }), {
    place: say('settings.place', { setting: key }),
    ...(nearest === undefined ? {} : { nearest }),
    remedy:
      nearest === undefined
        ? say('settings.unknown.others', {
            settings: { list: Object.keys(TrainingConfig.shape), comma: true },
          })
        : say('settings.unknown.remedy', { nearest }),
  });
}

function assign(target: Record<string, unknown>, key: string, value: unknown): void {
  const path = key.split('.');
  const schema = schemaAt(path);
  if (schema === null) throw unknownKey(key);
  if (unwrap(schema) instanceof z.ZodObject) {
    throw new TwinheadError('invalid-input', say('settings.isGroup', { setting: key }), {
      place: say('settings.place', { setting: key }),
      remedy: say('settings.isGroup.remedy', { settings: leafKeys(schema, key).join(', ') }),
    });
  }
  let group = target;
  for (const part of path.slice(0, -1)) group = group[part] as Record<string, unknown>;
  group[path.at(-1)!] = value;
}

function readValue(text: string): unknown {
  if (text === 'true' || text === 'false') return text === 'true';
  const number = Number(text);
  return text !== '' && Number.isFinite(number) ? number : text;
}

function valueAt(raw: unknown, path: readonly PropertyKey[]): unknown {
  let value = raw;
  for (const key of path) value = (value as Record<PropertyKey, unknown> | undefined)?.[key];
  return value;
}

function settingError(issue: z.core.$ZodIssue, raw: unknown): TwinheadError {
  if (issue.code === 'unrecognized_keys') return unknownKey([...issue.path, issue.keys[0]!].join('.'));
  const setting = issue.path.join('.');
  const expected = expectation(schemaAt(issue.path));
  const value = valueAt(raw, issue.path);
  const found = value === undefined ? say('settings.wrong.nothing') : JSON.stringify(value);
  const said =
    setting === ''
      ? say('settings.wrong.whole', { expected, found })
      : say('settings.wrong', { setting, expected, found });
  return new TwinheadError('invalid-input', said, {
    place: say('settings.place', { setting }),
    expected: inEnglish(expected),
    remedy: say('settings.wrong.remedy', { expected }),
  });
}
