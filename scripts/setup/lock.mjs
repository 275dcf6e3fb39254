import {
  closeSync,
  linkSync,
  mkdirSync,
  openSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import os from 'node:os';
import path from 'node:path';

const held = new Set();
process.on('exit', () => {
  for (const file of held) rmSync(file, { force: true });
});

/** Whether the process that wrote this lock still runs: its number may since have been given to another one. */
function isAlive({ pid, started }) {
  try {
    process.kill(pid, 0);
  } catch (error) {
    return error.code === 'EPERM';
  }
  return started === undefined || startOf(pid) === started;
}

/** When a process was started, in the kernel's own clock ticks; undefined where that can't be asked (not Linux). */
function startOf(pid) {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
  } catch {
    return undefined;
  }
}

function ownMark() {
  return JSON.stringify({ pid: process.pid, host: os.hostname(), started: startOf(process.pid) });
}

/** @returns who holds a lock file: null where nobody does. */
function holder(file) {
  let text;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    if (error.code === 'ENOENT') return null;
    throw error;
  }
  try {
    return JSON.parse(text);
  } catch {
    return {};
  }
}

/** A lock whose process has ended, on this machine, is nobody's. Of another machine's only its age can tell. */
function isStale(file, owner) {
  if (owner.host === os.hostname() && Number.isInteger(owner.pid)) return !isAlive(owner);
  const age = Date.now() - (statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0);
  return age > 60 * 60 * 1000;
}

/** Takes the lock at once or not at all: the content is written first, then linked into place, so it is never half. */
function tryTake(file) {
  const own = `${file}.${process.pid}`;
  writeFileSync(own, ownMark());
  try {
    linkSync(own, file);
    return true;
  } catch (error) {
    if (error.code === 'EEXIST') return false;
    // A file system without links: exclusive creation is the next best thing.
    if (['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS'].includes(error.code)) return createExclusively(file);
    throw error;
  } finally {
    rmSync(own, { force: true });
  }
}

function createExclusively(file) {
  try {
    const descriptor = openSync(file, 'wx');
    writeFileSync(descriptor, ownMark());
    closeSync(descriptor);
    return true;
  } catch (error) {
    if (error.code === 'EEXIST') return false;
    throw error;
  }
}

/**
 * Runs `work` while this process alone holds the lock file; waits for another live process, takes over from a dead one.
 * @param {string} file
 * @param {() => Promise<T>} work
 * @param {{onWait?: (pid: number | undefined) => void, poll?: number}} [options] `onWait` is called once; `poll` in ms
 * @template T
 */
export async function withLock(file, work, { onWait, poll = 250 } = {}) {
  mkdirSync(path.dirname(file), { recursive: true });
  let said = false;
  while (!tryTake(file)) {
    const owner = holder(file);
    if (owner === null) continue;
    if (isStale(file, owner)) removeStale(file, owner);
    else {
      if (!said) onWait?.(owner.pid);
      said = true;
    }
    await new Promise((resolve) => setTimeout(resolve, poll));
  }
  held.add(file);
  try {
    return await work();
  } finally {
    held.delete(file);
    rmSync(file, { force: true });
  }
}

/**
 * Removes a dead process's lock, itself under a lock: otherwise one waiter could remove the lock that another has just
 * taken in the dead one's place.
 */
function removeStale(file, owner) {
  const guard = `${file}.removing`;
  if (!createExclusively(guard)) {
    const age = Date.now() - (statSync(guard, { throwIfNoEntry: false })?.mtimeMs ?? Date.now());
    if (age > 10_000) rmSync(guard, { force: true });
    return;
  }
  try {
    const now = holder(file);
    if (now !== null && now.pid === owner.pid && now.host === owner.host) rmSync(file, { force: true });
  } finally {
    rmSync(guard, { force: true });
  }
}
