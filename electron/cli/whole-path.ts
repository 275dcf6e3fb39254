import path from 'node:path';

/** What the services read themselves: the person's own folder as a shell spells it, and paths of Windows, which they refuse. */
const READ_BY_SERVICES = /^(~(?=[\\/]|$)|[A-Za-z]:[\\/]|\\\\)/;

/** A path of the command line, absolute: the services have no folder that they are in. */
export function wholePath(given: string): string {
  return READ_BY_SERVICES.test(given) ? given : path.resolve(given);
}
