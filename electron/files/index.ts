/** All that opens, writes or deletes files, for every domain. Nobody else does: a lint rule sees to it. */
export { errorCode } from './error-code.ts';
export { canonicalPath, HeldFolder } from './held-folder.ts';
export { LineFile, openForChanges, writeAtomically, writeAtomicallySync } from './write.ts';
export {
  makeFolder,
  makeNewFolder,
  move,
  moveSync,
  prune,
  remove,
  removeSync,
  requireOwnFile,
  TemporaryFolder,
  touch,
} from './folders.ts';
export { openFile, readTextSync, readWhole } from './read.ts';
