import js from '@eslint/js';
import globals from 'globals';
import svelte from 'eslint-plugin-svelte';
import ts from 'typescript-eslint';
import svelteConfig from './svelte.config.js';

/** Allows of Node's file functions those that look at names and sizes, and `more`. */
function onlyLooking(more) {
  const allowImportNames = [
    ...[
      'closeSync',
      'existsSync',
      'lstatSync',
      'readSync',
      'readdir',
      'readdirSync',
      'realpath',
      'stat',
      'statSync',
    ],
    ...more,
  ];
  const message = 'Use electron/files, which follows no planted link and waits for no pipe.';
  const names = ['fs', 'node:fs', 'fs/promises', 'node:fs/promises'];
  return {
    '@typescript-eslint/no-restricted-imports': [
      'error',
      { paths: names.map((name) => ({ name, allowImportNames, allowTypeImports: true, message })) },
    ],
  };
}

/** Doc comments begin with their subject: "Keys of the command", not "Of the command". */
const comments = {
  rules: {
    'subject-first': {
      create: ({ report, sourceCode }) => ({
        Program() {
          for (const { type, value, loc } of sourceCode.getAllComments())
            if (type === 'Block' && /^\*[\s*]*Of\b/.test(value))
              report({ loc, message: 'Begin with the subject: what is it that is “of” something?' });
        },
      }),
    },
  },
};

const A_TEXT =
  ':matches(Literal[value=/[a-z] [a-z]/i], TemplateLiteral, ConditionalExpression:has(> Literal[value=/[a-z] [a-z]/i]), ConditionalExpression:has(> TemplateLiteral), BinaryExpression)';

/** Words, but for the names that are the same in every language. */
const WORDS = '^(?!\\s*(?:Twinhead|mAP[-0-9]*)\\s*$).*(?:[a-z]{2}|\\p{Script=Han})';

export default ts.config(
  {
    ignores: [
      'node_modules',
      'dist',
      'release',
      'coverage',
      'resources',
      'test-results',
      'test/canaries/planted',
    ],
  },
  js.configs.recommended,
  ...ts.configs.strictTypeChecked,
  ...svelte.configs.recommended,
  {
    languageOptions: {
      globals: { ...globals.node },
      parserOptions: {
        project: ['./tsconfig.json'],
        tsconfigRootDir: import.meta.dirname,
        extraFileExtensions: ['.svelte'],
      },
    },
    plugins: { comments },
    rules: {
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-non-null-assertion': 'off',
      // What is only there to be disposed of is used by its end.
      '@typescript-eslint/no-unused-vars': ['error', { ignoreUsingDeclarations: true }],
      '@typescript-eslint/restrict-template-expressions': [
        'error',
        { allowNumber: true, allowBoolean: true },
      ],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'separate-type-imports' }],
      '@typescript-eslint/no-invalid-void-type': 'off',
      '@typescript-eslint/no-unnecessary-condition': ['error', { allowConstantLoopConditions: true }],
      '@typescript-eslint/require-await': 'off',
      'no-console': 'error',
      'comments/subject-first': 'error',
      eqeqeq: 'error',
    },
  },
  {
    files: ['**/*.svelte', '**/*.svelte.ts'],
    languageOptions: {
      globals: { ...globals.browser },
      parserOptions: { parser: ts.parser, svelteConfig },
    },
    rules: { 'svelte/no-at-html-tags': 'error' },
  },
  {
    // Its words stand in electron/common/sentences, in every language: none in a component.
    files: ['renderer/**/*.svelte'],
    rules: {
      'no-restricted-syntax': [
        'error',
        ...[
          `:matches(SvelteElement, SvelteIfBlock, SvelteElseBlock, SvelteEachBlock, SvelteSnippetBlock) > SvelteText[value=/${WORDS}/iu]`,
          `SvelteAttribute[key.name=/^(title|label|hint|description|placeholder|alt|aria-label)$/] > SvelteLiteral[value=/${WORDS}/iu]`,
        ].map((selector) => ({
          selector,
          message:
            "Put it into electron/common/sentences/en/interface.ts and the other languages: t('area.key').",
        })),
      ],
    },
  },
  {
    // All that writes, deletes or opens files stands in electron/files: elsewhere one may look, and no more.
    files: ['electron/**/*.ts'],
    ignores: ['electron/files/**', 'electron/images/sample/pack-digits.ts'],
    rules: onlyLooking(['readFile', 'readFileSync']),
  },
  {
    // Where strangers' files are read, also reading goes through it: a pipe must not be waited for.
    files: ['electron/{store,images,exchange,learning,export,services}/**/*.ts'],
    ignores: ['electron/images/sample/pack-digits.ts'],
    rules: onlyLooking([]),
  },
  {
    // What people read is said as data, in every language: electron/common/sentences.
    files: ['electron/**/*.ts'],
    rules: {
      'no-restricted-syntax': [
        'error',
        ...[
          `NewExpression[callee.name='TwinheadError'] > ${A_TEXT}.arguments:nth-child(2)`,
          `NewExpression[callee.name=/^(GraphError|XmlError|UnusableImage)$/] > ${A_TEXT}.arguments:first-child`,
          `CallExpression[callee.name=/^(cannotTranslate|projectCorrupt|noImage)$/] > ${A_TEXT}.arguments`,
          `Property[key.name=/^(remedy|message|reason|description|explanation|baselineIs|said)$/] > ${A_TEXT}.value`,
        ].map((selector) => ({ selector, message: "Say it as data: say('area.key', { … })." })),
      ],
    },
  },
  {
    // What renderer/tsconfig.json includes.
    files: ['renderer/**', 'test/renderer/**', 'test/bench/page/**'],
    languageOptions: {
      globals: { ...globals.browser },
      parserOptions: { project: ['./renderer/tsconfig.json'] },
    },
  },
  // As the file lies on the disk: a parser that changes it has the whole program built anew for it.
  { files: ['**/*.svelte.ts'], languageOptions: { parser: ts.parser } },
  {
    // Types of components are svelte-check's to judge: ESLint would build the program anew for each of them.
    files: ['**/*.svelte'],
    languageOptions: { parserOptions: { project: null } },
    rules: ts.configs.disableTypeChecked.rules,
  },
  {
    files: ['scripts/**/*.mjs', '*.js', '*.mjs', '*.cjs'],
    ...ts.configs.disableTypeChecked,
    languageOptions: { parserOptions: { project: null, projectService: false } },
    rules: { ...ts.configs.disableTypeChecked.rules, 'no-console': 'off' },
  },
);
