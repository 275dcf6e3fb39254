import { z } from 'zod';
import type { Handlers } from '../scope/handlers.ts';

/** The registries of formats, as anybody may ask for them. */
export function formatHandlers(): Pick<Handlers, 'formats.list'> {
  return {
    'formats.list': async () => {
      const [{ FORMATS }, { MODEL_FORMATS }] = await Promise.all([
        import('../../exchange/index.ts'),
        import('../../export/index.ts'),
      ]);
      return {
        datasets: FORMATS.map(({ id, title, labelFiles, read, write, loses, asks = [], options }) => ({
          id,
          title,
          labelFiles: [...labelFiles],
          reads: read !== undefined,
          writes: write !== undefined,
          loses: [...loses],
          asks: [...asks],
          options: z.toJSONSchema(options),
        })),
        models: MODEL_FORMATS.map(({ id, title, verifiedWhere, options }) => ({
          id,
          title,
          verifiedWhere,
          options: z.toJSONSchema(options, { io: 'input' }),
        })),
      };
    },
  };
}
