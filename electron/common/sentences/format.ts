import { isolate } from './isolate.ts';
import type { Language } from './languages.ts';
import type { Message } from './types.ts';

export type ParameterValues = Readonly<Record<string, string | number>>;

/** The message with its parameters filled: numbers as the language writes them, texts so that they turn nothing around. */
export function formatMessage(
  message: Message,
  language: Language,
  parameters: ParameterValues = {},
): string {
  const text =
    typeof message === 'string' ? message : message[pluralForm(language, Number(parameters['count']))];
  return text.replace(/\{(\w+)\}/g, (parameter, name: string) => {
    const value = parameters[name];
    if (value === undefined) return parameter;
    return typeof value === 'number' ? formatNumber(language, value) : isolate(value);
  });
}

function pluralForm(language: Language, count: number): 'one' | 'other' {
  return new Intl.PluralRules(language).select(count) === 'one' ? 'one' : 'other';
}

const numberFormats = new Map<string, Intl.NumberFormat>();

export function formatNumber(
  language: Language,
  value: number,
  options: Intl.NumberFormatOptions = {},
): string {
  const key = language + JSON.stringify(options);
  let format = numberFormats.get(key);
  if (!format) numberFormats.set(key, (format = new Intl.NumberFormat(language, options)));
  return format.format(value);
}

/** A learning rate, a tolerance: two digits that count, in plain form, "0.00048"; below 0.00001 as "4.8×10⁻⁷". */
export function formatSmall(language: Language, value: number): string {
  const plain = (shown: number): string => formatNumber(language, shown, { maximumSignificantDigits: 2 });
  if (value === 0 || Math.abs(value) >= 1e-5) return plain(value);
  const [digits = '', power = ''] = value.toExponential(1).split('e-');
  return `${plain(Number(digits))}×10⁻${power.replace(/\d/g, (digit) => '⁰¹²³⁴⁵⁶⁷⁸⁹'.charAt(Number(digit)))}`;
}

/** A large count in the words of the language, to three digits: "1.04 million", "104 万". */
export function formatCount(language: Language, value: number): string {
  const parts = new Intl.NumberFormat(language, {
    notation: 'compact',
    compactDisplay: 'long',
    maximumSignificantDigits: 3,
  }).formatToParts(value);
  const word = parts.find(({ type }) => type === 'compact');
  const digits = parts.filter(({ type }) => type !== 'compact' && type !== 'literal');
  return [digits.map((part) => part.value).join(''), ...(word ? [word.value] : [])].join(' ');
}

/** Seconds in words of at most two units: "45 s", "3 min 20 s", "2 h 5 min". */
export function formatDuration(language: Language, seconds: number): string {
  const unit = (value: number, name: 'second' | 'minute' | 'hour'): string =>
    formatNumber(language, value, {
      style: 'unit',
      unit: name,
      unitDisplay: 'short',
      maximumFractionDigits: 0,
    });
  const whole = Math.max(0, Math.round(seconds));
  if (whole < 60) return unit(whole, 'second');
  if (whole < 3600) {
    const rest = whole % 60;
    return unit(Math.floor(whole / 60), 'minute') + (rest > 0 ? ` ${unit(rest, 'second')}` : '');
  }
  const minutes = Math.round((whole % 3600) / 60);
  return unit(Math.floor(whole / 3600), 'hour') + (minutes > 0 ? ` ${unit(minutes, 'minute')}` : '');
}

export function formatBytes(language: Language, bytes: number): string {
  const units = ['byte', 'kilobyte', 'megabyte', 'gigabyte'] as const;
  const power = Math.min(units.length - 1, Math.floor(Math.log10(Math.max(1, bytes)) / 3));
  const unit = units[power] ?? 'byte';
  return formatNumber(language, bytes / 1000 ** power, {
    style: 'unit',
    unit,
    unitDisplay: 'short',
    maximumFractionDigits: 1,
  });
}
