// Processor time by process, as Linux counts it: what holds on a machine that others use as well.
import { readdirSync, readFileSync } from 'node:fs';

const TICKS_PER_SECOND = 100;

function stat(pid: number): { parent: number; ticks: number; ofEnded: number } | null {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // After the name, which may contain blanks: state ppid … utime stime cutime cstime from the twelfth.
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    const number = (i: number) => Number(fields[i]);
    return { parent: number(1), ticks: number(11) + number(12), ofEnded: number(13) + number(14) };
  } catch {
    return null;
  }
}

/** Seconds that a process and its children have used so far; null where there is no /proc. */
export function cpuSeconds(pid: number): number | null {
  const own = stat(pid);
  if (!own) return null;
  let ticks = own.ticks + own.ofEnded;
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    const other = stat(Number(name));
    if (other?.parent === pid) ticks += other.ticks;
  }
  return ticks / TICKS_PER_SECOND;
}
