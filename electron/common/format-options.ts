import type { z } from 'zod';
import { TwinheadError } from './errors.ts';
import { expectation } from './expected-value.ts';
import { nearestNames } from './nearest-names.ts';
import { inEnglish } from './sentences/english.ts';
import { say } from './sentences/sentence.ts';

interface Format {
  readonly title: string;
  readonly options: z.ZodObject;
}

/**
 * The options of a format of datasets or models, with defaults for those that are not given.
 * @throws TwinheadError `invalid-input` naming the option that there isn't and the nearest one, or what its value may be
 */
export function formatOptions(
  format: Format,
  given: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  const { data, error } = format.options.strict().safeParse(given);
  if (error === undefined) return data;
  const issue = error.issues[0]!;
  if (issue.code === 'unrecognized_keys') throw unknownOption(format, issue.keys[0]!);
  const setting = String(issue.path[0]);
  const expected = expectation(format.options.shape[setting] as z.ZodType);
  const found = JSON.stringify(given[setting]);
  throw new TwinheadError('invalid-input', say('settings.wrong', { setting, expected, found }), {
    place: `options.${setting}`,
    expected: inEnglish(expected),
    remedy: say('settings.wrong.remedy', { expected }),
  });
}

function unknownOption({ title, options }: Format, option: string): TwinheadError {
  const known = Object.keys(options.shape);
  const [nearest] = nearestNames(option, known, 1);
  const remedy =
    nearest !== undefined
      ? say('settings.unknown.remedy', { nearest })
      : known.length > 0
        ? say('exchange.option.others', { options: { list: known, comma: true } })
        : say('exchange.option.none');
  return new TwinheadError('invalid-input', say('exchange.option', { format: title, option }), {
    place: `options.${option}`,
    ...(nearest === undefined ? {} : { nearest }),
    remedy,
  });
}
