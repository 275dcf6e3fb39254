import type { Command } from 'commander';
import type { SuggestionSource } from '../common/entities.ts';
import { TwinheadError } from '../common/errors.ts';
import { say } from '../common/sentences/sentence.ts';
import { withCommonOptions } from './command.ts';
import type { CommandRunner } from './command.ts';
import { share } from './numbers.ts';
import { savedFilter } from './saved-filter.ts';
import type { CommandSession } from './session.ts';
import { plain, table } from './text.ts';

type Action = 'list' | 'clear' | 'make';

interface SuggestionOptions {
  readonly source?: string;
  readonly run?: string;
  readonly filter?: string;
  readonly minScore?: number;
}

export function defineSuggestions(program: Command, runner: CommandRunner): void {
  const command = program
    .command('suggestions')
    .summary('list, make or clear suggestions')
    .description(
      'List the runs and imported files with suggestions to review; let a run suggest labels for the images that ' +
        'nobody has reviewed, or for those of a saved filter; or clear suggestions: all, or those of one source. Making ' +
        'and clearing are each one change to the project, which the interface can undo.',
    );
  command
    .addArgument(
      command.createArgument('<ACTION>', 'what to do').choices(['list', 'make', 'clear'] satisfies Action[]),
    )
    .argument('<PROJECT>', 'its folder')
    .option('--source <SOURCE>', 'list, clear: only this one, by its name or id')
    .option('--run <RUN>', 'make: an id, a name, last or best')
    .option('--filter <NAME>', 'make: the images that match a saved filter')
    .option(
      '--min-score <P>',
      'make: leave out what is below this score (the thresholds chosen for the run, else 0.3)',
      share,
    );
  withCommonOptions(command, 'twinhead suggestions make cells --run best --filter "night shift"', {
    engine: true,
  }).action(
    runner.action<[Action, string], SuggestionOptions>(async (session, [action, project], options) => {
      const { source } = options;
      await session.open(project);
      if (action === 'make') {
        const made = await make(session, options);
        return {
          document: made,
          lines: [`Suggestions: ${made.result.suggestions}, on images: ${made.result.images}.`],
          problems: made.problems,
        };
      }
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

/** @throws TwinheadError `invalid-input` without a run, or where no image matches the filter */
async function make(session: CommandSession, { run, filter: name, minScore }: SuggestionOptions) {
  if (run === undefined) {
    throw new TwinheadError('invalid-input', say('cli.suggestions.run'), {
      place: '--run',
      remedy: say('cli.suggestions.run.remedy'),
    });
  }
  const filter = name === undefined ? undefined : (await savedFilter(session, name)).filter;
  const imageIds = filter && (await session.call('images.ids', { filter })).imageIds;
  if (imageIds?.length === 0) {
    throw new TwinheadError('invalid-input', say('cli.suggestions.noImage', { name: name ?? '' }), {
      place: '--filter',
    });
  }
  const { jobId } = await session.call('suggestions.start', {
    ...{ runId: run, minScore },
    imageIds: imageIds && [...imageIds],
  });
  return session.follow('suggest', jobId);
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
