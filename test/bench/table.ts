import type { Figure, Machine, Result } from './types.ts';

const number = (value: number | null): string =>
  value === null ? '–' : String(Number(value.toPrecision(4)));

/** One line a figure, columns aligned. A figure beyond its budget is marked. */
export function table(machine: Machine, results: readonly Result[], figures: readonly Figure[]): string {
  const rows = results.map((result) => {
    const { budgetRatio, unit } = figures.find(({ name }) => name === result.name)!;
    const budget =
      result.budget === null && budgetRatio !== undefined ? `${budgetRatio} × peer` : number(result.budget);
    return [
      result.name,
      `${number(result.value)} ${unit}`,
      budget,
      number(result.peer),
      number(result.ratio),
      overBudget(result) ? 'over budget' : '',
    ];
  });
  const lines = [['name', 'value', 'budget', 'peer', 'ratio', ''], ...rows];
  const widths = lines[0]!.map((_, column) => Math.max(...lines.map((line) => line[column]!.length)));
  const { processor, cores, memoryBytes, platform, node, engine } = machine;
  const about = [
    processor,
    `${cores} cores`,
    `${Math.round(memoryBytes / 2 ** 30)} GiB`,
    platform,
    `Node ${node}`,
  ];
  const text = lines.map((line) =>
    line
      .map((cell, column) => (column === 0 ? cell.padEnd(widths[0]!) : cell.padStart(widths[column]!)))
      .join('  ')
      .trimEnd(),
  );
  return [[...about, ...(engine === null ? [] : [engine])].join(' · '), '', ...text, ''].join('\n');
}

/** Whether more is better, as of rates; of everything else it is less. */
function overBudget({ value, budget, unit }: Result): boolean {
  if (budget === null) return false;
  return unit.endsWith('/s') ? value < budget : value > budget;
}
