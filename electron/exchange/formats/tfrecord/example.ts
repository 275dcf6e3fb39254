import protobuf from 'protobufjs/light.js';

/** tf.train.Example: a value of a feature is a list of bytes, floats or whole numbers. */
const root = protobuf.Root.fromJSON({
  nested: {
    BytesList: { fields: { value: { rule: 'repeated', type: 'bytes', id: 1 } } },
    FloatList: { fields: { value: { rule: 'repeated', type: 'float', id: 1 } } },
    Int64List: { fields: { value: { rule: 'repeated', type: 'int64', id: 1 } } },
    Feature: {
      oneofs: { kind: { oneof: ['bytes', 'floats', 'integers'] } },
      fields: {
        bytes: { type: 'BytesList', id: 1 },
        floats: { type: 'FloatList', id: 2 },
        integers: { type: 'Int64List', id: 3 },
      },
    },
    Entry: { fields: { key: { type: 'string', id: 1 }, value: { type: 'Feature', id: 2 } } },
    // A map is a list of entries on the wire; as a list no key of a file becomes a property of an object.
    Features: { fields: { feature: { rule: 'repeated', type: 'Entry', id: 1 } } },
    Example: { fields: { features: { type: 'Features', id: 1 } } },
  },
});
const Example = root.lookupType('Example');

export type Feature =
  | { readonly bytes: readonly Uint8Array[] }
  | { readonly floats: readonly number[] }
  | { readonly integers: readonly number[] };

interface Wire {
  readonly features?: {
    readonly feature?: readonly {
      readonly key?: string;
      readonly value?: {
        readonly bytes?: { readonly value?: readonly Uint8Array[] };
        readonly floats?: { readonly value?: readonly number[] };
        readonly integers?: { readonly value?: readonly (number | { toNumber(): number })[] };
      };
    }[];
  };
}

/** @returns null where the bytes are no Example */
export function decodeExample(bytes: Uint8Array): ReadonlyMap<string, Feature> | null {
  let wire: Wire;
  try {
    wire = Example.decode(bytes) as unknown as Wire;
  } catch (error) {
    if (error instanceof Error) return null;
    throw error;
  }
  const features = new Map<string, Feature>();
  for (const { key = '', value } of wire.features?.feature ?? []) {
    if (value?.bytes) features.set(key, { bytes: value.bytes.value ?? [] });
    else if (value?.floats) features.set(key, { floats: value.floats.value ?? [] });
    else if (value?.integers) features.set(key, { integers: (value.integers.value ?? []).map(Number) });
  }
  return features;
}

/** The same features give the same bytes: they are written in the order of their names. */
export function encodeExample(features: Readonly<Record<string, Feature>>): Uint8Array {
  const feature = Object.keys(features)
    .sort()
    .map((key) => {
      const value = features[key]!;
      const kind = Object.keys(value)[0]!;
      return { key, value: { [kind]: { value: Object.values(value)[0] as unknown } } };
    });
  return Example.encode(Example.create({ features: { feature } })).finish();
}
