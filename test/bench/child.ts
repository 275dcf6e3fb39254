import { subjects } from './registry.ts';
import type { ChildMessage } from './types.ts';

/** Measures one subject in this process and sends the figures to the parent: `child.ts SUBJECT NAME...`. */
const send = (message: ChildMessage): void => {
  if (process.send === undefined) throw new Error('child.ts is started by run.ts');
  process.send(message);
};

const [subjectName = '', ...names] = process.argv.slice(2);
const subject = subjects[subjectName];
if (subject === undefined) throw new Error(`no subject ${subjectName}`);
try {
  await subject.measure(new Set(names), {
    value: (name, value, baseline) => send({ type: 'value', name, value, baseline: baseline ?? null }),
    progress: (text) => send({ type: 'progress', text }),
    engine: (text) => send({ type: 'engine', text }),
  });
} catch (error) {
  send({ type: 'failed', message: error instanceof Error ? (error.stack ?? error.message) : String(error) });
}
// Native engines keep threads of their own; the channel is the only thing to wait for.
process.disconnect();
