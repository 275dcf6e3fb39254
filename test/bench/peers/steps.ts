import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import type { Peer } from './index.ts';
import { pythonWith, runScript } from './python.ts';

const NETWORKS = ['small', 'plain', 'lite0'] as const;

const Line = z.object({ network: z.string(), train_ms: z.number(), infer_ms: z.number() });

/** What a line of the peers' scripts says of a network, by the figure that it is compared with. */
const FIGURES = {
  train: ({ train_ms }: z.infer<typeof Line>) => train_ms,
  trainAuto: ({ train_ms }: z.infer<typeof Line>) => train_ms,
  infer: ({ infer_ms }: z.infer<typeof Line>) => infer_ms,
} as const;

function stepPeer(
  name: string,
  script: string,
  module: string,
  packages: readonly string[],
  steps: readonly (keyof typeof FIGURES)[],
): Peer {
  return {
    name,
    figures: NETWORKS.flatMap((network) => steps.map((step) => `learning.${step}.${network}`)),
    async measure(names, progress) {
      const file = fileURLToPath(new URL(`./${script}`, import.meta.url));
      const python = await pythonWith(module, packages, progress);
      const networks = NETWORKS.filter((network) => names.some((figure) => figure.endsWith(`.${network}`)));
      const lines = z.array(Line).parse(await runScript(python, file, networks));
      return new Map(
        lines.flatMap((line) =>
          steps.map((step) => [`learning.${step}.${line.network}`, FIGURES[step](line)] as const),
        ),
      );
    },
  };
}

/** Its wheel for Linux brings CUDA along, 2 GB: only measured where it is asked for by name. */
export const torchPeer = stepPeer(
  'PyTorch',
  'torch_step.py',
  'torch',
  ['torch', 'numpy'],
  ['train', 'trainAuto'],
);
export const kerasPeer = stepPeer(
  'Keras',
  'keras_step.py',
  'tensorflow',
  ['tensorflow-cpu==2.21.0'],
  ['train', 'trainAuto', 'infer'],
);
