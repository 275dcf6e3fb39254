import { z } from 'zod';
import { CLASS_PRESENT } from '../../../common/entities.ts';
import type { ExportedNetwork } from '../../network.ts';
import type { ModelCard } from '../../types.ts';
import type { LayerList } from '../layers.ts';

/** Told apart from other files of the name by this. */
const FORMAT = 'twinhead-network';
const VERSION = 1;

const Numbers = z.array(z.number());

/** The part of config.json that running the network takes. */
export const NetworkConfig = z.object({
  format: z.literal(FORMAT),
  version: z.literal(VERSION),
  layers: z.array(
    z.object({
      op: z.string(),
      inputs: z.array(z.union([z.string(), z.number()])),
      outputs: z.array(z.string()),
      attributes: z.record(z.string(), z.union([z.number(), Numbers, z.array(Numbers)])),
    }),
  ),
  outputs: z.record(z.string(), z.object({ value: z.string() })),
});
export type NetworkConfig = z.infer<typeof NetworkConfig>;

/** config.json: what the network is, layer by layer, and all that whoever runs it has to know. */
export function configText(
  { layers, outputs }: LayerList,
  { producer, run, network, epoch, input, outputs: descriptions, classes, boxes }: ModelCard,
  { loaded: { config } }: ExportedNetwork,
): string {
  const several = config.imageHead.classes === 'several';
  const document = {
    ...{ format: FORMAT, version: VERSION, producer, run, network, epoch, input, classes, boxes },
    imageClass: several ? { classes: 'several', threshold: CLASS_PRESENT } : { classes: 'one' },
    outputs: Object.fromEntries(
      Object.entries(outputs).map(([name, value]) => [name, { value, description: descriptions[name] }]),
    ),
  };
  // A layer a line: a person can read it.
  const lines = layers.map((layer) => `    ${JSON.stringify(layer)}`).join(',\n');
  return `${JSON.stringify(document, null, 2).slice(0, -2)},\n  "layers": [\n${lines}\n  ]\n}\n`;
}
