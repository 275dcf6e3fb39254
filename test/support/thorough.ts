/** Whether everything is tried, as `npm run test:long -- tests` does; `npm test` tries a part of it, for the time it takes. */
const THOROUGH = process.env['TWINHEAD_THOROUGH'] === '1';

/** How much is tried: `part` by `npm test`, `all` by `npm run test:long`. */
export function thorough<Value>({ part, all }: { readonly part: Value; readonly all: Value }): Value {
  return THOROUGH ? all : part;
}
