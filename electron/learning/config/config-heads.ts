import { z } from 'zod';
import { heads } from '../heads/index.ts';
import { say } from '../../common/sentences/sentence.ts';
import type { TaskName } from '../../common/heads.ts';
import { help } from '../../common/sentences/help.ts';
import type { Task } from '../heads/types.ts';

type ListedHead = (typeof heads)[number];

/** The tasks of all heads, each once, in the order of the list. */
export const tasks: readonly Task[] = [...new Set(heads.map(({ task }): Task => task))];

/** One value a task, by its name. */
export function byTask<Value>(valueOf: (task: Task) => Value): Record<TaskName, Value> {
  return Object.fromEntries(tasks.map((task) => [task.name, valueOf(task)])) as Record<TaskName, Value>;
}

/** Heads that are alternatives for one task. */
type BoxHead = Extract<ListedHead, { readonly task: Task<'boxes'> }>;
const boxHeads = heads.filter((head): head is BoxHead => head.task.name === 'boxes');

type Groups = { readonly [One in ListedHead as One['group']]: One['settings'] };
const groupsOf = (some: readonly ListedHead[]): object =>
  Object.fromEntries(some.map(({ group, settings }) => [group, settings]));

const boxHead = z
  .enum(boxHeads.map(({ name }) => name))
  .default(boxHeads[0]!.name)
  .meta(
    help(say('settings.boxHead', { heads: { sentences: boxHeads.map(({ description }) => description) } })),
  );

/** The settings of each head, and which box head it is. */
export const headSettings = {
  ...groupsOf(heads.filter(({ task }) => task.name !== 'boxes')),
  boxHead,
  ...groupsOf(boxHeads),
} as Groups & { readonly boxHead: typeof boxHead };

/** Tasks by what `sequential.first` says of them. */
export const firstTasks = tasks.toReversed();
