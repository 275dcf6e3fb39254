import { say } from '../common/sentences/sentence.ts';
import type { Said } from '../common/sentences/sentence.ts';

const VARIABLE = 'TF_ENABLE_ONEDNN_OPTS';
const ON = say('engine.oneDnn.on');

/**
 * Turns on oneDNN's kernels on x86, where TensorFlow leaves them off without AVX-512 VNNI; a person's own setting stays.
 * TensorFlow asks once a process, while it loads; a thread's `process.env` reaches it only with `SHARE_ENV`.
 */
export function turnOnOneDnn(): void {
  if (process.arch === 'x64') process.env[VARIABLE] ||= '1';
}

/** What `turnOnOneDnn` leads to in a process with this environment: the state, and why, for people. */
export function oneDnnState(environment: NodeJS.ProcessEnv, architecture: string): [Said, Said] {
  const value = environment[VARIABLE];
  if (!value)
    return architecture === 'x64'
      ? [ON, say('engine.oneDnn.turnOff', { setting: `${VARIABLE}=0` })]
      : [say('engine.oneDnn.auto'), say('engine.oneDnn.notSet', { variable: VARIABLE })];
  const off = say('engine.oneDnn.off');
  const state = { 1: ON, true: ON, 0: off, false: off }[value.toLowerCase()];
  return [state ?? say('engine.oneDnn.auto'), `${VARIABLE}=${value}`];
}
