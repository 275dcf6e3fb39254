import { serve, stopped } from '../../electron/images/serve.ts';

/** A task whose items never end, as those of a folder of hostile pictures. */
async function endless(): Promise<void> {
  while (!stopped()) await new Promise((resolve) => setImmediate(resolve));
}

serve({ endless });
