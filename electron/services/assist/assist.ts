import { say } from '../../common/sentences/sentence.ts';
import type { ServiceContext } from '../scope/context.ts';
import type { Handlers } from '../scope/handlers.ts';
import type { OpenProject } from '../scope/open-project.ts';
import { Assistant } from './assistant.ts';

type AssistCalls =
  'assist.start' | 'assist.look' | 'assist.leave' | 'assist.pause' | 'assist.stop' | 'assist.state';

/** The live assistant of each open project: switched on and off by pages, and told what they look at. */
export function assistHandlers(context: ServiceContext): Pick<Handlers, AssistCalls> {
  const assistants = new WeakMap<OpenProject, Assistant>();
  const of = (project: OpenProject): Assistant => {
    const assistant = assistants.get(project) ?? new Assistant(context, project);
    assistants.set(project, assistant);
    return assistant;
  };
  return {
    'assist.start': async ({ viewer, open, ahead }, { project }) => {
      const assistant = of(project);
      assistant.viewers.look(viewer, open, ahead);
      const running = assistant.jobId;
      if (running !== null) return { jobId: running };
      const title = say('jobs.assist');
      const jobId = context.jobs.start(project, 'assist', { title, input: null }, (job) =>
        assistant.run(job),
      );
      return { jobId };
    },
    'assist.look': async ({ viewer, open, ahead }, { project }) => {
      const assistant = of(project);
      assistant.viewers.look(viewer, open, ahead);
      assistant.looked();
      return {};
    },
    'assist.leave': async ({ viewer }, { project }) => {
      const assistant = of(project);
      assistant.viewers.leave(viewer);
      assistant.looked();
      return {};
    },
    'assist.pause': async ({ paused }, { project }) => {
      of(project).pause(paused);
      return {};
    },
    'assist.stop': async (_input, { project }) => {
      of(project).switchOff();
      return {};
    },
    'assist.state': async (_input, { project }) => of(project).state,
  };
}
