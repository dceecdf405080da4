import { memoryMb } from '../gateway/fleet';

const EVERY_MS = 1_000;
const WINDOW = 10;

/** Resident memory of a process, looked at each second. The least of ten looks is what it keeps after collecting. */
export class MemoryLog {
  private readonly seen: { at: number; mb: number }[] = [];
  private reported = 0;
  private readonly timer: NodeJS.Timeout;

  constructor(pid: number) {
    const began = Date.now();
    const look = () => this.seen.push({ at: Date.now() - began, mb: memoryMb(pid).now });
    look();
    this.timer = setInterval(look, EVERY_MS);
  }

  /** Since it was asked last. */
  minute(): { least: number; most: number } {
    const since = this.seen.slice(this.reported).map(({ mb }) => mb);
    this.reported = this.seen.length;
    return { least: Math.min(...since), most: Math.max(...since) };
  }

  /** What it kept at first and at last, and the slope between by least squares; the first fifth warms up. */
  stop(): { first: number; last: number; perHour: number } {
    clearInterval(this.timer);
    const kept: { at: number; mb: number }[] = [];
    for (let i = 0; i + WINDOW <= this.seen.length; i += WINDOW) {
      const window = this.seen.slice(i, i + WINDOW);
      kept.push({ at: window[0]?.at ?? 0, mb: Math.min(...window.map(({ mb }) => mb)) });
    }
    const warm = kept.slice(Math.floor(kept.length / 5));
    return { first: warm[0]?.mb ?? 0, last: warm.at(-1)?.mb ?? 0, perHour: slope(warm) * 3_600_000 };
  }
}

/** MB for each millisecond. */
function slope(points: readonly { at: number; mb: number }[]): number {
  const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const [at, mb] = [mean(points.map((point) => point.at)), mean(points.map((point) => point.mb))];
  const over = points.reduce((sum, point) => sum + (point.at - at) ** 2, 0);
  return over === 0 ? 0 : points.reduce((sum, point) => sum + (point.at - at) * (point.mb - mb), 0) / over;
}
