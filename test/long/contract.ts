import { z } from 'zod';
import { contract as calls } from '../../electron/common/contract.ts';
import type { CallName } from '../../electron/common/contract.ts';
import type { Random } from '../../electron/common/random.ts';
import { createApp } from '../../electron/app.ts';
import { createDispatch, INPUT_LIMITS } from '../../electron/dispatch.ts';
import { projectFolder } from '../../electron/services/projects/projects.ts';
import { projectId } from '../../electron/services/scope/scopes.ts';
import { testPorts } from '../support/ports.ts';
import { pick } from './harness.ts';
import type { Harness } from './harness.ts';
import path from 'node:path';

/** Training, and what reads all of the disk it is given, is not called by chance. */
const LONG = /^(runs\.(start|resume)|comparison\.start|examples\.start|system\.doctor|project\.sample)$/;

type JsonSchema = Readonly<Record<string, unknown>>;

const ODD = [
  null,
  0,
  -1,
  1.5,
  1e308,
  '',
  'x',
  '\u0000',
  'a/../../b',
  true,
  [],
  {},
  '９',
  'é'.repeat(300),
  2 ** 53,
];

/** A value of the schema, or now and then one that is not. */
function valueOf(random: Random, schema: JsonSchema, text: (random: Random) => string): unknown {
  if (random.next() < 0.07) return pick(random, ODD);
  const options = (schema['anyOf'] ?? schema['oneOf']) as JsonSchema[] | undefined;
  if (options !== undefined) return valueOf(random, pick(random, options), text);
  if (schema['const'] !== undefined) return schema['const'];
  if (Array.isArray(schema['enum'])) return pick(random, schema['enum'] as unknown[]);
  if (schema['type'] === 'object') {
    const required = new Set((schema['required'] ?? []) as string[]);
    const entries = Object.entries((schema['properties'] ?? {}) as Record<string, JsonSchema>);
    return Object.fromEntries(
      entries
        .filter(([name]) => required.has(name) || random.next() < 0.5)
        .map(([name, inner]) => [name, valueOf(random, inner, text)]),
    );
  }
  if (schema['type'] === 'array') {
    const items = (schema['items'] ?? {}) as JsonSchema;
    // Now and then as many as there may be, of one kind: the longest work that a call can ask for.
    if (random.next() < 0.01) {
      const most = Math.min(Number(schema['maxItems'] ?? 0), INPUT_LIMITS.numbers);
      return Array<unknown>(most).fill(valueOf(random, items, text));
    }
    return Array.from({ length: random.integer(4) }, () => valueOf(random, items, text));
  }
  if (schema['type'] === 'integer') return random.integer(6);
  if (schema['type'] === 'number') return random.next() * 100;
  if (schema['type'] === 'boolean') return random.next() < 0.5;
  if (schema['type'] === 'string') return text(random);
  return pick(random, ODD);
}

/** Has paths that would begin where the tests run begin in a folder of the harness. */
function below(folder: string, input: unknown): unknown {
  if (typeof input !== 'object' || input === null || Array.isArray(input)) return input;
  return Object.fromEntries(
    Object.entries(input).map(([name, value]: [string, unknown]) =>
      PATHS.has(name) && typeof value === 'string' && !path.isAbsolute(value)
        ? [name, path.join(folder, 'elsewhere', value)]
        : [name, value],
    ),
  );
}

const PATHS = new Set(['path', 'out', 'file', 'folder']);

export const contract: Harness = {
  name: 'contract',
  goal: 20_000,
  serves: true,
  about: 'calls with values of their schema and others; broken: an answer `internal` or against the contract',
  async open(folder) {
    const ports = testPorts({ userFolder: path.join(folder, 'user') });
    const app = createApp(ports);
    const dispatch = createDispatch(app, { logger: ports.logger, checkOutputs: true });
    const names = (Object.keys(calls) as CallName[]).filter(
      (name) => calls[name].kind !== 'stream' && !LONG.test(name),
    );
    const schemas = new Map(
      names.map((name) => [name, z.toJSONSchema(calls[name].input, { io: 'input' }) as JsonSchema]),
    );
    const text = (random: Random): string =>
      pick(random, [
        'a',
        'cell',
        'r0001',
        'last',
        '#ff0000',
        path.join(folder, 'p'),
        path.join(folder, 'none', 'x'),
        '/proc/x',
        '',
      ]);
    const open = () => dispatch.call(null, 'project.open', { path: path.join(folder, 'p'), create: true });
    await open();
    const scope = projectId(projectFolder(path.join(folder, 'p')));
    return {
      close: () => app.close(),
      attempt: async (random) => {
        const name = pick(random, names);
        const input = below(folder, valueOf(random, schemas.get(name)!, text));
        const answer = await dispatch.call(scope, name, input, AbortSignal.timeout(30_000));
        if (random.next() < 0.05) await open();
        if (answer.ok || answer.error.code !== 'internal') return null;
        return `${name} ${JSON.stringify(input).slice(0, 500)}: ${answer.error.message}`;
      },
    };
  },
};
