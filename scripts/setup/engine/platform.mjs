import { SetupError } from '../errors.mjs';

/** TensorFlow's wheels differ by Python only in parts that are not used here; one version serves all. */
const PYTHON = '3.11';

/** Platform tags from the newest that TensorFlow needs to the oldest that NVIDIA's wheels carry. */
const TAGS = {
  'linux-x64': ['manylinux_2_27_x86_64', 'manylinux_2_17_x86_64', 'manylinux2014_x86_64'],
  'linux-arm64': ['manylinux_2_27_aarch64', 'manylinux_2_17_aarch64', 'manylinux2014_aarch64'],
  'darwin-arm64': ['macosx_12_0_arm64'],
};

/**
 * Which wheel holds an engine's libraries on a system, and how its files are called there.
 * @throws SetupError where no wheel has them
 */
export function engineSource(kind, { platform, architecture }, recipe) {
  const system = `${platform}-${architecture}`;
  const tags = TAGS[system];
  if (kind === 'cuda12' && system !== 'linux-x64')
    throw new SetupError(
      'The CUDA 12 engine exists for Linux on x86-64 only.',
      platform === 'win32'
        ? 'On Windows, run Twinhead inside WSL 2, where the Linux engine works.'
        : 'Run set-up without --gpu.',
    );
  if (!tags) throw new SetupError(...withoutWheel(platform));
  const extension = platform === 'darwin' ? '.dylib' : '.so';
  const library = (name) => (platform === 'darwin' ? `${name}.2.dylib` : `${name}.so.2`);
  const names = ['libtensorflow_cc', 'libtensorflow_framework'];
  return {
    package: kind === 'cpu' && system === 'linux-x64' ? 'tensorflow-cpu' : 'tensorflow',
    version: recipe.tensorflow,
    python: PYTHON,
    tags,
    libraries: names.map((name) => `tensorflow/${library(name)}`),
    links: names.map((name) => ({ path: `tensorflow/${name}${extension}`, target: library(name) })),
  };
}

function withoutWheel(platform) {
  if (platform === 'win32')
    return [
      "TensorFlow's Windows wheels do not export its C API, so there is no native engine for Windows yet.",
      'For fast training run Twinhead inside WSL 2, where the Linux engine works.',
    ];
  return [
    'TensorFlow publishes no library for this system.',
    'Native engines exist for Linux (x86-64, ARM64) and macOS (Apple silicon).',
  ];
}

/** What pip is asked for, one requirement at a time. */
export function pipArguments(requirement, { python, tags }, destination) {
  return [
    '-m',
    'pip',
    'download',
    '--no-deps',
    '--only-binary=:all:',
    '--no-cache-dir',
    '--no-input',
    '--disable-pip-version-check',
    `--python-version=${python}`,
    '--implementation=cp',
    ...tags.map((tag) => `--platform=${tag}`),
    `--dest=${destination}`,
    requirement,
  ];
}

/**
 * The requirements that a wheel's METADATA lists under an extra, markers on other things left out.
 * @example requirementsOfExtra('Requires-Dist: a<2; extra == "gpu"', 'gpu') → ['a<2']
 */
export function requirementsOfExtra(metadata, extra) {
  const pattern = new RegExp(`^extra\\s*==\\s*["']${extra}["']$`);
  return metadata
    .split(/\r?\n/)
    .map((line) => /^Requires-Dist:\s*([^;]+);\s*(.+)$/.exec(line))
    .filter((match) => match && pattern.test(match[2].trim()))
    .map((match) => match[1].replace(/\s+/g, ''));
}

/**
 * What is unpacked of one of NVIDIA's wheels: its libraries; of the compiler's, which has none, the assembler and the
 * device library, which TensorFlow looks for in `../nvidia/cuda_nvcc` beside its own libraries.
 */
export function cudaMembers(requirement) {
  return wheelPrefix(requirement).startsWith('nvidia_cuda_nvcc_')
    ? ['nvidia/cuda_nvcc/bin/ptxas', 'nvidia/cuda_nvcc/nvvm/libdevice/']
    : ['nvidia/*/lib/'];
}

/** The project name that a requirement starts with, as it is written in a wheel's file name. */
export function wheelPrefix(requirement) {
  return `${/^[A-Za-z0-9._-]+/
    .exec(requirement)[0]
    .replace(/[-_.]+/g, '_')
    .toLowerCase()}-`;
}

/**
 * Arguments of the C++ compiler that links one of the two addons.
 * @param {{platform: string, headers: string[], sources: string[], output: string, libraryFolder?: string}} build
 * without `libraryFolder` nothing of TensorFlow is linked
 */
export function compilerArguments({ platform, headers, sources, output, libraryFolder }) {
  const mac = platform === 'darwin';
  return [
    '-std=c++17',
    '-O2',
    '-shared',
    '-fPIC',
    '-DNAPI_VERSION=8',
    ...(mac ? ['-undefined', 'dynamic_lookup'] : []),
    ...headers.map((folder) => `-I${folder}`),
    ...sources,
    `-o${output}`,
    ...(libraryFolder
      ? [
          `-L${libraryFolder}`,
          '-ltensorflow_cc',
          '-ltensorflow_framework',
          mac ? '-Wl,-rpath,@loader_path' : '-Wl,-rpath,$ORIGIN',
        ]
      : []),
  ];
}
