import { TwinheadError } from '../common/errors.ts';
import { say } from '../common/sentences/sentence.ts';

/** An option of a format, `convention=pixels`; true, false and numbers are what they say. */
export function optionPair(text: string): [string, unknown] {
  const at = text.indexOf('=');
  if (at < 1) throw new TwinheadError('invalid-input', say('cli.option', { text }), { place: '--option' });
  const value = text.slice(at + 1);
  if (value === 'true' || value === 'false') return [text.slice(0, at), value === 'true'];
  return [text.slice(0, at), /^-?\d+(\.\d+)?$/.test(value) ? Number(value) : value];
}
