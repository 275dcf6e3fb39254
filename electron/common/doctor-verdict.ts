import type { OutputOf } from './contract.ts';
import { say } from './sentences/sentence.ts';
import type { Sentence } from './sentences/sentence.ts';

type Part = OutputOf<'system.doctor'>['parts'][number];

/** Whether something has to be done about a part of the installation. */
export const isDefect = ({ state }: Pick<Part, 'state'>): boolean =>
  state === 'missing' || state === 'broken';

/** What the examination of an installation comes to, in one line. */
export function doctorVerdict(parts: readonly Pick<Part, 'name' | 'state'>[]): Sentence {
  const names = parts.filter(isDefect).map(({ name }) => name);
  return names.length === 0
    ? say('engine.doctor.well')
    : say('engine.doctor.wrong', { names: { list: names, comma: true } });
}
