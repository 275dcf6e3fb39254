import type { tasks as english } from '../en/tasks.ts';
import type { Translation } from '../types.ts';

export const tasks: Translation<typeof english> = {
  'tasks.ended': '线程意外结束（状态 {status}）。',
  'tasks.failed': '工作线程出错：{words}',
};
