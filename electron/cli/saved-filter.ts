import type { ImageFilter } from '../common/entities.ts';
import { TwinheadError } from '../common/errors.ts';
import { say } from '../common/sentences/sentence.ts';
import type { CommandSession } from './session.ts';

/** The filter that the project keeps under a name. @throws TwinheadError `invalid-input` where there is none */
export async function savedFilter(session: CommandSession, name: string): Promise<ImageFilter> {
  const { filters } = await session.call('filters.list', {});
  const found = filters.find((one) => one.name === name);
  if (found !== undefined) return found.filter;
  throw new TwinheadError('invalid-input', say('cli.filter', { name }), {
    place: '--filter',
    remedy:
      filters.length === 0
        ? say('cli.filter.remedy.none')
        : say('cli.filter.remedy', { names: filters.map((one) => one.name).join(', ') }),
  });
}
