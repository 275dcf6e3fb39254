import { TwinheadError } from '../../electron/common/errors.ts';
import { serveTask } from '../../electron/tasks/serve.ts';

export interface EchoTask {
  readonly input: { readonly what: 'count' | 'refuse' | 'break' | 'die'; readonly block?: Uint8Array };
  readonly event: number;
  readonly result: { readonly counted: number; readonly bytes: number };
}

await serveTask<EchoTask>(async ({ what, block }, { emit, shouldStop }) => {
  if (what === 'refuse') throw new TwinheadError('not-trainable', 'No.', { place: 'here' });
  if (what === 'break') throw new Error('boom');
  if (what === 'die') process.exit(3);
  let counted = 0;
  while (!shouldStop()) {
    emit(++counted);
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  return { counted, bytes: block?.length ?? 0 };
});
