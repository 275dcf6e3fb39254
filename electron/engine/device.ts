import { existsSync, readFileSync, readdirSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';

/** The first NVIDIA card's name as its Linux driver gives it; null where the driver says none (WSL, no card). */
export function graphicsCardName(cards = '/proc/driver/nvidia/gpus'): string | null {
  const [first] = existsSync(cards) ? readdirSync(cards).sort() : [];
  if (first === undefined) return null;
  const information = readFileSync(path.join(cards, first, 'information'), 'utf8');
  return /^Model:\s*(.+)$/m.exec(information)?.[1]?.trim() ?? null;
}

/** The processor's name and how many threads of it this process may use: "AMD EPYC 7B13, 2 threads". */
export function processorName(): string {
  const model = os.cpus()[0]?.model.trim() || os.arch();
  const threads = os.availableParallelism();
  return `${model}, ${threads} ${threads === 1 ? 'thread' : 'threads'}`;
}

/**
 * Whether the processor multiplies bfloat16 numbers itself (AVX-512 BF16 or AMX). Elsewhere TensorFlow emulates them,
 * which is slower than float32. Known on Linux only.
 */
export function processorHasBfloat16(cpuInformation = '/proc/cpuinfo'): boolean {
  if (!existsSync(cpuInformation)) return false;
  return /^flags\s*:.*\b(avx512_bf16|amx_bf16)\b/m.test(readFileSync(cpuInformation, 'utf8'));
}
