import type { Command } from 'commander';
import type { SuggestionSource } from '../common/entities.ts';
import { TwinheadError } from '../common/errors.ts';
import { say } from '../common/sentences/sentence.ts';
import { withCommonOptions } from './command.ts';
import type { CommandRunner } from './command.ts';
import { plain, table } from './text.ts';

type Action = 'list' | 'clear';

export function defineSuggestions(program: Command, runner: CommandRunner): void {
  const command = program
    .command('suggestions')
    .summary('list or clear suggestions')
    .description(
      'List the runs and imported files with suggestions to review, or clear their suggestions: all, or those of one ' +
        'source. Clearing is one change to the project, which the interface can undo.',
    );
  command
    .addArgument(command.createArgument('<ACTION>', 'what to do').choices(['list', 'clear']))
    .argument('<PROJECT>', 'its folder')
    .option('--source <SOURCE>', 'only this one, by its name or id');
  withCommonOptions(command, 'twinhead suggestions clear cells --source detector.json').action(
    runner.action<[Action, string], { source?: string }>(async (session, [action, project], { source }) => {
      await session.open(project);
      const { sources: all } = await session.call('suggestions.sources', {});
      const sources = source === undefined ? all : [findSource(all, source)];
      if (action === 'list') return { document: { sources }, lines: describe(sources) };
      const [only] = source === undefined ? [] : sources;
      const cleared = await session.call('suggestions.clear', { sourceId: only?.id ?? null });
      return {
        document: cleared,
        lines: [`Cleared suggestions: ${cleared.suggestions}, on images: ${cleared.images}.`],
      };
    }),
  );
}

/** @throws TwinheadError `not-found`; `invalid-input` where several have the name */
function findSource(sources: readonly SuggestionSource[], wanted: string): SuggestionSource {
  const named = sources.filter(({ name }) => name === wanted);
  const found = named.length === 0 ? sources.filter(({ id }) => String(id) === wanted) : named;
  const [first] = found;
  if (first === undefined) {
    throw new TwinheadError('not-found', say('cli.suggestions.none', { name: plain(wanted) }), {
      remedy: say('cli.suggestions.none.remedy'),
    });
  }
  if (found.length > 1) {
    throw new TwinheadError(
      'invalid-input',
      say('cli.suggestions.several', { count: found.length, name: plain(wanted) }),
      {
        remedy: say('cli.suggestions.several.remedy', { ids: found.map(({ id }) => id).join(', ') }),
      },
    );
  }
  return first;
}

function describe(sources: readonly SuggestionSource[]): string[] {
  if (sources.length === 0) return ['No suggestions are waiting.'];
  return table(
    ['source', 'id', 'kind', 'since', 'suggestions', 'images'],
    sources.map(({ name, id, kind, at, suggestions, images }) => [
      name,
      id,
      kind,
      at.slice(0, 16).replace('T', ' '),
      suggestions,
      images,
    ]),
  );
}
