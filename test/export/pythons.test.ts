import path from 'node:path';
import { expect, it } from 'vitest';
import { pythonsOf } from '../../electron/export/formats/tflite/pythons.ts';

it('tries the Python that is named alone, else the active environment’s, and those on the path where that asks for nothing', () => {
  expect(pythonsOf({ TWINHEAD_PYTHON: '/opt/python', VIRTUAL_ENV: '/venv' }, 'linux')).toEqual([
    '/opt/python',
  ]);
  const inside = path.join('/venv', 'bin', 'python');
  expect(pythonsOf({ VIRTUAL_ENV: '/venv' }, 'linux')).toEqual([inside, 'python3', 'python']);
  expect(pythonsOf({ VIRTUAL_ENV: '/venv' }, 'darwin')).toEqual([inside]);
  expect(pythonsOf({ VIRTUAL_ENV: '/venv' }, 'win32')).toEqual([path.join('/venv', 'Scripts', 'python.exe')]);
  expect(pythonsOf({}, 'win32')).toEqual([]);
  expect(pythonsOf({}, 'linux')).toEqual(['python3', 'python']);
});
