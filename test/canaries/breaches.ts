/** A mistake planted in a copy of the checkout, and the words by which a check must tell of it. */
export interface Breach {
  readonly name: string;
  readonly files: Readonly<Record<string, string>>;
  readonly expected: RegExp;
}

const importing = (from: string): string =>
  `import * as planted from '${from}';\nexport const used = planted;\n`;
const planted = 'export const planted = 1;\n';

/** One for each rule of .dependency-cruiser.cjs; the runner fails where a rule has none. */
export const ARROWS: Readonly<Record<string, Breach['files']>> = {
  'no-circular': {
    'renderer/editor/planted-a.ts':
      "import type { B } from './planted-b.ts';\nexport type A = B | 1;\nexport const a: A = 1;\n",
    'renderer/editor/planted-b.ts':
      "import type { A } from './planted-a.ts';\nexport type B = A | 2;\nexport const b: B = 2;\n",
  },
  'no-unresolvable': { 'electron/services/planted-nowhere.ts': importing('./planted-not-there.ts') },
  'common-is-pure': { 'electron/common/planted-node.ts': importing('node:fs') },
  'renderer-sees-common-only': {
    'renderer/planted.ts': importing('../electron/services/planted.ts'),
    'electron/services/planted.ts': planted,
  },
  'folders-of-learning': {
    'electron/learning/base/planted.ts':
      "import type { Planted } from '../data/planted.ts';\nexport const used: Planted = 1;\n",
    'electron/learning/data/planted.ts': 'export type Planted = number;\n',
  },
  'folders-of-store': {
    'electron/store/history/planted.ts': importing('../tables/planted.ts'),
    'electron/store/tables/planted.ts': planted,
  },
  'folders-of-services': {
    'electron/services/images/planted.ts': importing('../models/planted.ts'),
    'electron/services/models/planted.ts': planted,
  },
  'folders-of-label': {
    'renderer/label/images/planted.ts': importing('../canvas/planted.ts'),
    'renderer/label/canvas/planted.ts': planted,
  },
  'ui-below-pages': {
    'renderer/ui/planted.ts': importing('../planted-page.ts'),
    'renderer/planted-page.ts': planted,
  },
  'tasks-know-common-only': {
    'electron/tasks/planted.ts': importing('../services/planted.ts'),
    'electron/services/planted.ts': planted,
  },
  'domains-know-common-only': {
    'electron/exchange/planted.ts': importing('../store/planted.ts'),
    'electron/store/planted.ts': planted,
  },
  'files-know-common-only': {
    'electron/files/planted.ts': importing('../services/planted.ts'),
    'electron/services/planted.ts': planted,
  },
  'engine-and-learning-for-their-users-only': {
    'electron/images/planted.ts': importing('../learning/planted.ts'),
    'electron/learning/planted.ts': planted,
  },
  'engine-below-learning': { 'electron/engine/planted.ts': importing('../learning/planted.ts') },
  'services-below-app': {
    'electron/services/planted-host.ts': importing('../web/planted.ts'),
    'electron/web/planted.ts': planted,
  },
  'hosts-side-by-side': {
    'electron/web/planted-beside.ts': importing('../cli/planted.ts'),
    'electron/cli/planted.ts': planted,
  },
  'hosting-below-hosts': {
    'electron/hosting/planted.ts': importing('../cli/planted.ts'),
    'electron/cli/planted.ts': planted,
  },
  'app-below-hosts': { 'electron/app.ts': importing('./web/planted.ts') },
  'no-tests-in-product': {
    'electron/learning/planted-test.ts': importing('../../test/planted.ts'),
    'test/planted.ts': planted,
  },
  'sqlite-in-store': { 'electron/services/planted-sqlite.ts': importing('better-sqlite3') },
  'sharp-in-images': { 'electron/services/planted-sharp.ts': importing('sharp') },
  'tensorflow-in-engine': { 'electron/learning/planted-tfjs.ts': importing('@tensorflow/tfjs') },
  'onnxruntime-in-export': { 'electron/learning/planted-onnx.ts': importing('onnxruntime-node') },
  'electron-in-desktop-hosts': { 'electron/web/planted-electron.ts': importing('electron') },
};

export const BREACHES: Readonly<
  Record<'eslint' | 'prettier' | 'tsc' | 'svelte-check' | 'knip', readonly Breach[]>
> = {
  eslint: [
    {
      name: 'an `any`',
      files: {
        'electron/common/planted.ts': 'export function planted(value: any): unknown {\n  return value;\n}\n',
      },
      expected: /no-explicit-any/,
    },
    {
      name: 'an error and a remedy that are texts, not sentences',
      files: {
        'electron/store/planted-text.ts':
          "import { TwinheadError } from '../common/errors.ts';\nthrow new TwinheadError('internal', 'It went wrong.');\n",
        'electron/images/planted-remedy.ts':
          'export const planted = (file: string) => ({ remedy: `Look at ${file}.` });\n',
      },
      expected: /planted-remedy[\s\S]*no-restricted-syntax[\s\S]*planted-text[\s\S]*no-restricted-syntax/,
    },
    {
      name: 'a description and a reason that are texts, not sentences',
      files: {
        'electron/export/planted-description.ts':
          "export const planted = { description: 'the boxes of an image' };\n",
        'electron/engine/graph/planted-reason.ts':
          "import { GraphError } from './errors.ts';\nthrow new GraphError('It has no graphs.');\n",
      },
      expected:
        /planted-reason[\s\S]*no-restricted-syntax[\s\S]*planted-description[\s\S]*no-restricted-syntax/,
    },
    {
      name: 'words in a component',
      files: {
        'renderer/PlantedWords.svelte': '<p title="Say it">Said in one language only</p>\n',
      },
      expected: /PlantedWords\.svelte[\s\S]*no-restricted-syntax[\s\S]*no-restricted-syntax/,
    },
    {
      name: 'a promise that nobody waits for',
      files: {
        'electron/common/planted-promise.ts': 'export function planted(): void {\n  Promise.resolve(1);\n}\n',
      },
      expected: /no-floating-promises/,
    },
    {
      name: 'a doc comment without its subject, in a component as well',
      files: {
        'electron/common/planted-comment.ts':
          '/**\n * Of what nobody knows.\n */\nexport const planted = 1;\n',
        'renderer/PlantedComment.svelte':
          '<script lang="ts">\n  /** Of what nobody knows. */\n  const planted = 1;\n</script>\n\n{planted}\n',
      },
      expected: /planted-comment\.ts[\s\S]*subject-first[\s\S]*PlantedComment\.svelte[\s\S]*subject-first/,
    },
    {
      name: 'a file that is written outside of electron/files',
      files: {
        'electron/services/planted-write.ts':
          "import { writeFileSync } from 'node:fs';\nwriteFileSync('x', 'x');\n",
        'electron/images/planted-read.ts':
          "import fs from 'node:fs';\nexport const planted = fs.readFileSync('x');\n",
      },
      expected:
        /planted-read\.ts[\s\S]*no-restricted-imports[\s\S]*planted-write\.ts[\s\S]*no-restricted-imports/,
    },
    {
      name: 'raw HTML in a component',
      files: {
        'renderer/Planted.svelte':
          '<script lang="ts">\n  let { text }: { text: string } = $props();\n</script>\n\n{@html text}\n',
      },
      expected: /no-at-html-tags/,
    },
  ],
  prettier: [
    {
      name: 'a badly formatted file',
      files: { 'electron/common/planted-format.ts': 'export const planted   =  "x"' },
      expected: /planted-format\.ts/,
    },
  ],
  tsc: [
    {
      name: 'a number where a text belongs',
      files: { 'electron/common/planted-type.ts': 'export const planted: string = 1;\n' },
      expected: /planted-type\.ts.*TS2322/,
    },
  ],
  'svelte-check': [
    {
      name: 'a wrong type in a component',
      files: {
        'renderer/PlantedType.svelte':
          '<script lang="ts">\n  const planted: string = 1;\n</script>\n\n{planted}\n',
      },
      expected: /PlantedType\.svelte[\s\S]*not assignable/,
    },
  ],
  knip: [
    {
      name: 'a file that nothing uses',
      files: { 'electron/common/planted-unused.ts': planted },
      expected: /planted-unused\.ts/,
    },
  ],
};
