import path from 'node:path';

/**
 * Pythons that may have LiteRT, by the environment: the one that is named, the active virtual environment's, and those
 * on the path. On macOS the system's own `python3` asks to install developer tools, and Windows looks into the current
 * folder first: there, only the former are tried.
 */
export function pythonsOf(environment: NodeJS.ProcessEnv, platform: NodeJS.Platform): readonly string[] {
  const { TWINHEAD_PYTHON: named, VIRTUAL_ENV: active } = environment;
  if (named) return [named];
  const inside = platform === 'win32' ? ['Scripts', 'python.exe'] : ['bin', 'python'];
  return [
    ...(active ? [path.join(active, ...inside)] : []),
    ...(platform === 'darwin' || platform === 'win32' ? [] : ['python3', 'python']),
  ];
}
