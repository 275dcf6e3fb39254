/** What is said of threads that failed. */
export const tasks = {
  'tasks.ended': 'A thread ended unexpectedly (status {status}).',
  'tasks.failed': 'A worker thread failed: {words}',
} as const;
