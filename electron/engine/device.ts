import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { say } from '../common/sentences/sentence.ts';
import type { Sentence } from '../common/sentences/sentence.ts';

/** The first NVIDIA card's name as its Linux driver gives it; null where the driver says none (WSL, no card). */
export function graphicsCardName(cards = '/proc/driver/nvidia/gpus'): string | null {
  const [first] = existsSync(cards) ? readdirSync(cards).sort() : [];
  if (first === undefined) return null;
  const information = readFileSync(path.join(cards, first, 'information'), 'utf8');
  return /^Model:\s*(.+)$/m.exec(information)?.[1]?.trim() ?? null;
}

/** Lowest compute capability of the cards in the answer of `nvidia-smi`, as 8.6; null where it says none. */
export function lowestCapability(said: string): number | null {
  const numbers = said
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .map((line) => (/^\d+\.\d+$/.test(line) ? Number(line) : NaN));
  const lowest = Math.min(...numbers);
  return Number.isFinite(lowest) ? lowest : null;
}

/**
 * The compute capability of the NVIDIA cards here, the lowest of several; null where the driver's own program does not
 * tell (no card, or a driver before 510).
 */
export function graphicsCardCapability(program = 'nvidia-smi'): number | null {
  try {
    const query = ['--query-gpu=compute_cap', '--format=csv,noheader'];
    return lowestCapability(
      execFileSync(program, query, {
        encoding: 'utf8',
        timeout: 10_000,
        stdio: ['ignore', 'pipe', 'ignore'],
        windowsHide: true,
      }),
    );
  } catch {
    // Not knowing is an answer: the caller stays with what every card can.
    return null;
  }
}

/** The processor's name and how many threads of it this process may use: "AMD EPYC 7B13, 2 threads". */
export function processorName(): Sentence {
  const model = os.cpus()[0]?.model.trim() || os.arch();
  return say('engine.doctor.processor', { model, count: os.availableParallelism() });
}

/**
 * Whether the processor multiplies bfloat16 numbers itself (AVX-512 BF16 or AMX). Elsewhere TensorFlow emulates them,
 * which is slower than float32. Known on Linux only.
 */
export function processorHasBfloat16(cpuInformation = '/proc/cpuinfo'): boolean {
  if (!existsSync(cpuInformation)) return false;
  return /^flags\s*:.*\b(avx512_bf16|amx_bf16)\b/m.test(readFileSync(cpuInformation, 'utf8'));
}
