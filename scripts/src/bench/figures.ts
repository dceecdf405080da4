export const median = (values: readonly number[]): number => {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
};
export const round = (value: number, digits = 0): number => Math.round(value * 10 ** digits) / 10 ** digits;
