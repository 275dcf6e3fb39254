/** What the system calls an error: ENOENT, EEXIST, …; undefined for errors of other kinds. */
export function errorCode(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}
