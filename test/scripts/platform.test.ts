import { describe, expect, it } from 'vitest';

interface Source {
  package: string;
  tags: string[];
  libraries: string[];
  links: { path: string; target: string }[];
}
interface PlatformModule {
  engineSource: (kind: string, machine: { platform: string; architecture: string }, recipe: object) => Source;
  requirementsOfExtra: (metadata: string, extra: string) => string[];
  wheelPrefix: (requirement: string) => string;
  cudaMembers: (requirement: string) => string[];
  compilerArguments: (build: object) => string[];
}

const { engineSource, requirementsOfExtra, wheelPrefix, cudaMembers, compilerArguments } = (await import(
  new URL('../../scripts/setup/engine/platform.mjs', import.meta.url).href
)) as PlatformModule;

const source = (kind: string, platform: string, architecture: string): Source =>
  engineSource(kind, { platform, architecture }, { tensorflow: '2.21.0' });

describe('the source of an engine', () => {
  it('is the small wheel on Linux x86-64, the full one elsewhere and for CUDA', () => {
    expect(source('cpu', 'linux', 'x64').package).toBe('tensorflow-cpu');
    expect(source('cuda12', 'linux', 'x64').package).toBe('tensorflow');
    expect(source('cpu', 'linux', 'arm64').package).toBe('tensorflow');
    expect(source('cpu', 'darwin', 'arm64').libraries).toContain('tensorflow/libtensorflow_cc.2.dylib');
  });

  it('is refused in words where there is none', () => {
    expect(() => source('cpu', 'win32', 'x64')).toThrow(/Windows/);
    expect(() => source('cpu', 'darwin', 'x64')).toThrow(/no library/);
    expect(() => source('cuda12', 'linux', 'arm64')).toThrow(/x86-64 only/);
  });
});

describe('requirements of an extra', () => {
  const metadata = [
    'Requires-Dist: numpy>=1.26.0',
    'Provides-Extra: and-cuda',
    'Requires-Dist: nvidia-cublas-cu12<13.0,>=12.5.3.2; extra == "and-cuda"',
    'Requires-Dist: nvidia-cudnn-cu12 (<10.0,>=9.3); extra == "other"',
    'Requires-Dist: x>=1; (sys_platform != "win32") and extra == "and-cuda"',
  ].join('\n');

  it('are those whose only marker is that extra', () => {
    expect(requirementsOfExtra(metadata, 'and-cuda')).toEqual(['nvidia-cublas-cu12<13.0,>=12.5.3.2']);
  });

  it('name the start of their wheel', () => {
    expect(wheelPrefix('nvidia-cublas-cu12<13.0,>=12.5.3.2')).toBe('nvidia_cublas_cu12-');
    expect(wheelPrefix('tensorflow-cpu==2.21.0')).toBe('tensorflow_cpu-');
  });
});

describe("what is unpacked of NVIDIA's wheels", () => {
  it('is their libraries, and of the compiler, which has none, what TensorFlow calls', () => {
    expect(cudaMembers('nvidia-cudnn-cu12<10.0,>=9.3.0.75')).toEqual(['nvidia/*/lib/']);
    expect(cudaMembers('nvidia-cuda-nvcc-cu12<13.0,>=12.5.82')).toContain('nvidia/cuda_nvcc/bin/ptxas');
  });
});

describe('compiling an addon', () => {
  it('looks for its libraries beside itself', () => {
    const build = { headers: ['/h'], sources: ['/s.cc'], output: '/o.node', libraryFolder: '/l' };
    expect(compilerArguments({ ...build, platform: 'linux' })).toContain('-Wl,-rpath,$ORIGIN');
    expect(compilerArguments({ ...build, platform: 'darwin' })).toContain('-Wl,-rpath,@loader_path');
  });

  it('links nothing where no library is named', () => {
    const build = { platform: 'linux', headers: ['/h'], sources: ['/s.cc'], output: '/o.node' };
    expect(compilerArguments(build).join(' ')).not.toContain('tensorflow');
  });
});
