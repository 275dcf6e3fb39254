import { onAbort } from '../../common/abort.ts';
import type { LearnExample } from '../../common/entities.ts';
import { say } from '../../common/sentences/sentence.ts';
import type { ServiceContext } from '../scope/context.ts';
import { engineFor } from '../base/engine.ts';
import type { Handlers } from '../scope/handlers.ts';

/** The multi-task core on data without images. */
export function exampleHandlers({
  ports,
  jobs,
}: ServiceContext): Pick<Handlers, 'examples.list' | 'examples.start'> {
  return {
    'examples.list': async () => {
      const { examples } = await import('../../learning/index.ts');
      return { examples: examples.map(({ name, description }) => ({ name, description })) };
    },
    'examples.start': async ({ names, seed }) => {
      const { examples, findExample, startExample } = await import('../../learning/index.ts');
      const chosen = names.length === 0 ? examples : [...new Set(names)].map(findExample);
      const engine = await engineFor(ports);
      const steps = chosen.reduce((sum, example) => sum + example.steps, 0);
      const jobId = jobs.start(
        null,
        'examples',
        { title: say('jobs.examples'), input: { names, seed } },
        async (job) => {
          using held = new DisposableStack();
          held.use(await job.hold('engine'));
          const results: LearnExample[] = [];
          let before = 0;
          for (const example of chosen) {
            job.signal.throwIfAborted();
            const running = startExample({ engine, name: example.name, seed }, (done) =>
              job.progress(before + done, steps, example.name),
            );
            const unlink = onAbort(job.signal, running.stop);
            const result = await running.done.finally(unlink);
            results.push({ ...result, metrics: [...result.metrics] });
            before += example.steps;
          }
          return { examples: results };
        },
      );
      return { jobId };
    },
  };
}
