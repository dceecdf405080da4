// The arithmetic of an entry in one line, from the steps that were kept with it.
import { add, compare, multiply, ONE, type Points, parseRational, type Rational, subtract } from '@atrium/kernel';
import type { Step } from '../../ledger/domain/explanation';

export interface EntryFigures {
  readonly kind: string;
  readonly amount: Points;
  readonly debtDelta: Points;
  readonly steps: readonly Step[];
  /** What it gave to lots (+) or took from them (-). */
  readonly parts: readonly Points[];
}

/** `100.00 × 1 × (1 + 0.2 + 1) = 220` for what a sale earns, `-130 = -100 - 30` for what lots gave or got. */
export const equationOf = (entry: EntryFigures): string => earned(entry) ?? moved(entry);

/** The minus of a number, not a hyphen in a row of signs. */
const signed = (value: Points, first: boolean): string => {
  const size = (value < 0n ? -value : value).toString();
  if (first) return value < 0n ? `-${size}` : size;
  return value < 0n ? `- ${size}` : `+ ${size}`;
};

function moved({ amount, debtDelta, parts }: EntryFigures): string {
  const sum = parts.map((part, i) => signed(part, i === 0)).join(' ');
  const lots =
    parts.length === 0 || sum === signed(amount, true) ? signed(amount, true) : `${signed(amount, true)} = ${sum}`;
  return debtDelta === 0n
    ? lots
    : `${lots}; debt ${debtDelta > 0n ? '+' : '-'} ${debtDelta < 0n ? -debtDelta : debtDelta}`;
}

const ROUNDED = new Set<string>(['ROUNDED_DOWN', 'ROUNDED_HALF_UP', 'ROUNDED_UP']);

/** Null when no rating is behind the entry. */
function earned({ kind, amount, steps }: EntryFigures): string | null {
  if (kind !== 'EARN' || !steps.some(({ code }) => code === 'EXACT')) return null;
  const terms: string[] = [];
  let bases: string[] = [];
  let factors: string[] = [];
  let text = '';
  let result = '';
  for (const { code, value = '0' } of steps as readonly { code: string; value?: string }[]) {
    if (code === 'ELIGIBLE') bases.push(value);
    else if (code === 'RATE' || code === 'NO_RATE') bases.push(`${bases.pop() ?? '0'} × ${value}`);
    else if (code === 'TIER' || code === 'CAMPAIGN') factors.push(...(value === '1' ? [] : [value]));
    else if (code === 'MULTIPLIER' || code === 'MULTIPLIER_CAPPED') {
      const base = bases.length === 1 ? (bases[0] ?? '') : `(${bases.join(' + ')})`;
      terms.push(value === '1' && factors.length === 0 ? base : `${base} × ${multiplierText(factors, value)}`);
      [bases, factors] = [[], []];
    } else if (code === 'EXACT') text = `${[...terms, ...bases].join(' + ')} = ${(result = value)}`;
    else if (ROUNDED.has(code) && value !== result) text += ` → ${(result = value)}`;
    else if (code === 'BONUS') {
      const sum = (BigInt(result) + BigInt(value)).toString();
      text += `; ${result} + ${value} = ${(result = sum)}`;
    } else if (code.startsWith('CAPPED_')) text += ` → ${(result = value)}`;
  }
  // Something was posted for the sale before: only the difference is in this entry.
  const before = /^-?\d+$/.test(result) ? BigInt(result) - amount : 0n;
  return before === 0n ? text : `${text}; ${result} - ${before} = ${amount}`;
}

/** How the factors made the multiplier: added to 1, multiplied, or one of them alone. */
function multiplierText(factors: readonly string[], value: string): string {
  const exact = factors.map(parseRational);
  const target = parseRational(value);
  if (target === null || exact.length === 0 || exact.some((factor) => factor === null)) return value;
  const known = exact as Rational[];
  if (known.length === 1 && known[0] && compare(known[0], target) === 0) return value;
  const gains = known.map((factor) => subtract(factor, ONE));
  if (compare(gains.reduce(add, ONE), target) === 0) {
    return `(1 + ${factors.map((factor) => gainText(factor)).join(' + ')})`;
  }
  return compare(known.reduce(multiply, ONE), target) === 0 ? factors.join(' × ') : value;
}

/** 1.2 -> 0.2, by its digits. */
function gainText(factor: string): string {
  const [whole = '0', part] = factor.split('.');
  const left = (BigInt(whole) - 1n).toString();
  return part === undefined ? left : `${left}.${part}`;
}
