const VARIABLE = 'TF_ENABLE_ONEDNN_OPTS';

/**
 * Turns on oneDNN's kernels on x86, where TensorFlow leaves them off unless the processor has AVX-512 VNNI. A person's
 * own setting stays. TensorFlow asks once a process, while it loads; a thread's `process.env` reaches it only with
 * `SHARE_ENV`.
 */
export function turnOnOneDnn(): void {
  if (process.arch === 'x64') process.env[VARIABLE] ||= '1';
}

/** What `turnOnOneDnn` leads to in a process with this environment: the state, and why, for people. */
export function oneDnnState(environment: NodeJS.ProcessEnv, architecture: string): [string, string] {
  const value = environment[VARIABLE];
  if (!value)
    return architecture === 'x64'
      ? ['on', `${VARIABLE}=0 turns it off`]
      : ['as TensorFlow decides', `${VARIABLE} is not set`];
  const state = { 1: 'on', true: 'on', 0: 'off', false: 'off' }[value.toLowerCase()];
  return [state ?? 'as TensorFlow decides', `${VARIABLE}=${value}`];
}
