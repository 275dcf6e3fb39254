/** The arrows of docs/architecture.md: common <- domains <- services <- app, dispatch <- hosts. */
const domains = 'store|images|exchange|engine|learning|export';
const only = (name, packages, from, comment) => ({
  name,
  comment,
  severity: 'error',
  from: { path: '^(electron|renderer)/', pathNot: from },
  // Types vanish when the code runs: they are no dependency.
  to: { path: packages, dependencyTypesNot: ['type-only'] },
});

/** Folders of a part with many files, lowest first: each imports those before it, itself, and nothing above. */
const FOLDERS = {
  'electron/learning': [
    'base',
    'networks',
    'multitask',
    'samples',
    'assignment',
    'metrics',
    'heads',
    'config',
    'model',
    'data',
    'training',
    'assist',
    'examples',
  ],
  'electron/store': ['database', 'rows', 'file', 'history', 'queries', 'tables'],
  'electron/services': [
    'base',
    'work',
    'scoring',
    'scope',
    'images',
    'exchange',
    'runs',
    'models',
    'evaluation',
    'labels',
    'assist',
    'projects',
  ],
  'renderer/label': ['state', 'history', 'images', 'boxes', 'canvas', 'classes'],
};

/** Rules of {@link FOLDERS}; a folder that is not listed may not be imported, and none imports what lies beside it. */
const folderRules = Object.entries(FOLDERS).flatMap(([part, folders]) => {
  const name = `folders-of-${part.split('/').at(-1)}`;
  const rule = (from, to) => ({ name, severity: 'error', from: { path: from }, to: { path: to } });
  return [
    rule(`^${part}/`, `^${part}/(?!(${folders.join('|')})/)[^/]+/`),
    ...folders.map((folder, index) => {
      const above = folders.slice(index + 1).map((one) => `${one}/`);
      return rule(`^${part}/${folder}/`, `^${part}/(${[...above, '[^/]+$'].join('|')})`);
    }),
  ];
});

module.exports = {
  forbidden: [
    { name: 'no-circular', comment: 'types included', severity: 'error', from: {}, to: { circular: true } },
    ...folderRules,
    {
      name: 'no-unresolvable',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true, pathNot: '^(electron|virtual:)' },
    },
    {
      name: 'common-is-pure',
      comment: 'common/ imports nothing of the project and no Node module',
      severity: 'error',
      from: { path: '^electron/common/' },
      to: { pathNot: '^(electron/common/|node_modules/zod)' },
    },
    {
      name: 'renderer-sees-common-only',
      severity: 'error',
      from: { path: '^renderer/' },
      to: { path: '^electron/', pathNot: '^electron/common/' },
    },
    {
      name: 'ui-below-pages',
      comment: 'components of ui/ know languages and nothing of the app; those that do lie in parts/',
      severity: 'error',
      from: { path: '^renderer/ui/' },
      to: { path: '^renderer/', pathNot: '^renderer/(ui|i18n)/' },
    },
    {
      name: 'domains-know-common-only',
      comment:
        'a domain imports common/, files/, tasks/ and itself; engine/ may be used by learning/ and export/, learning/ by export/',
      severity: 'error',
      from: { path: `^electron/(${domains})/` },
      to: {
        path: `^electron/`,
        pathNot: [
          '^electron/common/',
          '^electron/files/',
          '^electron/tasks/',
          '^electron/$1/',
          '^electron/engine/',
          '^electron/learning/',
        ],
      },
    },
    {
      name: 'files-know-common-only',
      comment: 'all that writes and deletes files is below everything that has files',
      severity: 'error',
      from: { path: '^electron/files/' },
      to: { path: '^electron/', pathNot: ['^electron/common/', '^electron/files/'] },
    },
    {
      name: 'tasks-know-common-only',
      comment: 'how a task is run knows of no task',
      severity: 'error',
      from: { path: '^electron/tasks/' },
      to: { path: '^electron/', pathNot: ['^electron/common/', '^electron/tasks/'] },
    },
    {
      name: 'engine-and-learning-for-their-users-only',
      severity: 'error',
      from: { path: '^electron/(store|images|exchange)/' },
      to: { path: '^electron/(engine|learning)/' },
    },
    {
      name: 'engine-below-learning',
      severity: 'error',
      from: { path: '^electron/engine/' },
      to: { path: '^electron/learning/' },
    },
    {
      name: 'services-below-app',
      severity: 'error',
      from: { path: '^electron/services/' },
      to: { path: '^electron/(app|dispatch|hosting|main|preload|web|cli)' },
    },
    {
      name: 'app-below-hosts',
      severity: 'error',
      from: { path: '^electron/(app|dispatch)\\.ts' },
      to: { path: '^electron/(hosting|main|preload|web|cli)/' },
    },
    {
      name: 'hosting-below-hosts',
      comment: 'what the hosts share knows none of them',
      severity: 'error',
      from: { path: '^electron/hosting/' },
      to: { path: '^electron/(main|preload|web|cli)/' },
    },
    {
      name: 'hosts-side-by-side',
      comment: 'a host imports of another only the file that runs it',
      severity: 'error',
      from: { path: '^electron/(main|preload|web|cli)/' },
      to: {
        path: '^electron/(main|preload|web|cli)/',
        pathNot: ['^electron/$1/', '^electron/(web/host|cli/program)\\.ts$'],
      },
    },
    {
      name: 'no-tests-in-product',
      severity: 'error',
      from: { path: '^(electron|renderer)/' },
      to: { path: '^test/' },
    },
    only('sqlite-in-store', 'better-sqlite3', '^electron/store/', 'only store/ opens the database'),
    only('sharp-in-images', 'node_modules/sharp/', '^electron/images/', 'only images/ decodes pictures'),
    only(
      'tensorflow-in-engine',
      'node_modules/@tensorflow/',
      '^electron/engine/',
      'only engine/ loads TensorFlow',
    ),
    only(
      'onnxruntime-in-export',
      'node_modules/onnxruntime',
      '^electron/export/',
      'only export/ runs exported models',
    ),
    only(
      'electron-in-desktop-hosts',
      '^electron$|node_modules/electron/',
      '^electron/(main|preload)/',
      'only main/ and preload/ import electron',
    ),
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      extensions: ['.ts', '.js', '.mjs', '.svelte', '.svelte.ts'],
      exportsFields: ['exports'],
      conditionNames: ['svelte', 'import', 'require', 'node', 'default'],
    },
  },
};
