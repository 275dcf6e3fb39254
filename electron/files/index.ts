/** All that opens, writes or deletes files, for every domain. Nobody else does: a lint rule sees to it. */
export { errorCode } from './error-code.ts';
export { canonicalPath, HeldFolder } from './held-folder.ts';
export { identityOf } from './identity.ts';
export { sweep } from './litter.ts';
export { TemporaryFolder } from './temporary-folder.ts';
export { temporaryName } from './temporary-name.ts';
export { watchNames } from './watch.ts';
export {
  copyAtomicallySync,
  LineFile,
  makeAtomicallySync,
  openForChanges,
  separateSync,
  syncFile,
  writeAtomically,
  writeAtomicallySync,
} from './write.ts';
export {
  makeFolder,
  makeNewFolder,
  move,
  moveSync,
  prune,
  remove,
  removeSync,
  requireOwnFile,
  touch,
} from './folders.ts';
export { copyOrLink } from './copy-or-link.ts';
export { appVersion, findResource, packageFolder } from './package.ts';
export {
  openFile,
  openFileSync,
  readBeginningSync,
  readTextSync,
  readWhole,
  readWholeSync,
  unreadableFile,
} from './read.ts';
export { ZipArchive } from './unzip.ts';
export { ZIP_LIMITS } from './zip-list.ts';
export { hashFile, writeZip } from './zip-write.ts';
export type { ZippedFile, ZipSource } from './zip-write.ts';
