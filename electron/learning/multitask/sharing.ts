import type { Rank, Tensor2D, Tensor4D } from '@tensorflow/tfjs';
import type { Layers } from '../base/layers.ts';
import type { FeatureLevel } from '../networks/types.ts';
import type { ParameterRequest, ParameterStore, TensorSpec } from '../base/parameters.ts';
import { constantValues } from '../base/parameters.ts';

/** What a head reads: the levels of the trunk, and those of the pyramid on top of it; each fine to coarse. */
export interface Features {
  readonly levels: readonly FeatureLevel[];
  readonly neck: readonly FeatureLevel[];
}

/** The trunk in its two parts. `layers` is where its parameters are named. */
export interface Trunk {
  readonly levels: (layers: Layers) => FeatureLevel[];
  /** @param tasks whose heads will read it: what they do not read is not built */
  readonly neck: (
    layers: Layers,
    levels: readonly FeatureLevel[],
    tasks: readonly string[],
  ) => FeatureLevel[];
}

/** One trunk for all heads. */
export function sharedTrunk(layers: Layers, trunk: Trunk, tasks: readonly string[]): Features {
  const within = layers.within('trunk');
  const levels = trunk.levels(within);
  return { levels, neck: trunk.neck(within, levels, tasks) };
}

/**
 * Soft sharing: a trunk for each task, named `trunk/task/…`, which start equal. With cross-stitch units each then reads
 * a learned mixture of both, at every level of the trunk, and of the pyramid where both have it.
 */
export function towers(
  layers: Layers,
  trunk: Trunk,
  tasks: readonly string[],
  crossStitch: boolean,
): Features[] {
  const own = tasks.map((task) => layers.from(towerStore(layers.store, task)).within('trunk'));
  const mix = (name: string, maps: FeatureLevel[][]): FeatureLevel[][] =>
    crossStitch ? stitched(layers.within('trunk'), name, tasks, maps) : maps;
  const levels = mix(
    'stitchLevel',
    own.map((within) => trunk.levels(within)),
  );
  const necks = mix(
    'stitchNeck',
    own.map((within, i) => trunk.neck(within, levels[i]!, [tasks[i]!])),
  );
  return tasks.map((_, i) => ({ levels: levels[i]!, neck: necks[i]! }));
}

/** A store whose parameters of the trunk are those of one task's own; those of all tasks start equal. */
export function towerStore(store: ParameterStore, task: string): ParameterStore {
  const rename = (name: string): string => name.replace(/^trunk\//, `trunk/${task}/`);
  const own = (request: ParameterRequest): ParameterRequest => ({
    ...request,
    name: rename(request.name),
    origin: request.origin ?? request.name,
  });
  return {
    parameter: (request) => store.parameter(own(request)),
    statistic: (request) => store.statistic(own(request)),
    updateStatistic: (name, value) => store.updateStatistic(rename(name), value),
    countMultiplyAdds: (count) => store.countMultiplyAdds(count),
  };
}

/** At the start a tower keeps this much of its own map and takes the rest of the other one's. */
const OWN_SHARE = 0.9;

/**
 * Cross-stitch units (Misra et al. 2016, equation 2), one a channel: x̃ = own · x + other · y, with 0.9 and 0.1 at the
 * start.
 */
function stitched(
  layers: Layers,
  name: string,
  tasks: readonly string[],
  maps: readonly FeatureLevel[][],
): FeatureLevel[][] {
  const { tf, store } = layers;
  const share = (task: string, stride: number, which: string, channels: number, start: number) =>
    store.parameter({
      name: `trunk/${task}/${name}${stride}/${which}`,
      shape: [channels],
      decays: false,
      initial: constantValues(start),
    });
  return tasks.map((task, i) =>
    maps[i]!.map(({ stride, map }) => {
      const others = tasks.flatMap((other, j) => {
        const same = j === i ? undefined : maps[j]!.find((level) => level.stride === stride);
        return same === undefined ? [] : [{ name: tasks.length === 2 ? 'other' : `other.${other}`, same }];
      });
      if (others.length === 0) return { stride, map };
      const channels = map.shape[3];
      let mixed: Tensor4D = tf.mul(map, share(task, stride, 'own', channels, OWN_SHARE));
      for (const { name: which, same } of others) {
        const start = (1 - OWN_SHARE) / others.length;
        mixed = tf.add(mixed, tf.mul(same.map, share(task, stride, which, channels, start)));
      }
      return { stride, map: mixed };
    }),
  );
}

/** Names of the parameters of towers that stand for the same layer: what an L2 tie holds together. */
export function tiedPairs(parameters: readonly TensorSpec[]): [string, string][] {
  const byOrigin = new Map<string, string[]>();
  for (const { name, origin } of parameters) {
    byOrigin.set(origin, [...(byOrigin.get(origin) ?? []), name]);
  }
  return [...byOrigin.values()].flatMap((names) =>
    names.flatMap((one, i) => names.slice(i + 1).map((other): [string, string] => [one, other])),
  );
}

/** A task's own convolutions on top of a shared map: `depth` times x + activation(batch norm(convolution(x))). */
export function subnetwork(layers: Layers, name: string, level: FeatureLevel, depth: number): FeatureLevel {
  let { map } = level;
  for (let i = 0; i < depth; i++) {
    const channels = map.shape[3];
    map = layers.tf.add(
      map,
      layers.convolutionNormRelu(`${name}${level.stride}block${i}`, map, { channels }),
    );
  }
  return { stride: level.stride, map };
}

/**
 * A map that also knows what the head before says: a learned vector for its summary [batch, features] is added at every
 * position.
 */
export function conditioned(layers: Layers, summary: Tensor2D, level: FeatureLevel): FeatureLevel {
  const { tf } = layers;
  const { stride, map } = level;
  const [batch, , , channels] = map.shape;
  const added = layers.dense(`condition${stride}`, summary, channels);
  return { stride, map: tf.add(map, tf.reshape<Rank.R4>(added, [batch, 1, 1, channels])) };
}
