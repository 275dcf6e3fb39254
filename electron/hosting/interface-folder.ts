import { fileURLToPath } from 'node:url';

/** Folder that the interface is built into; the compiled hosts lie in dist/ beside it. */
export const interfaceFolder = fileURLToPath(
  new URL(import.meta.url.endsWith('.ts') ? '../../dist/renderer' : '../../renderer', import.meta.url),
);
