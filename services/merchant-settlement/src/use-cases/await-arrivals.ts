// News travels: what a sale names may be a moment behind it. The wait is short, bounded and outside of any transaction.
import type { RecordAnswer } from './record-purchases';

const STEP_MS = 25;
/** For members and baskets that the till names by id: they exist somewhere. */
const NAMED_MS = 2_000;
/** For an identifier: most likely it names nobody. */
const IDENTIFIER_MS = 200;

export type Recorder<S> = (sales: readonly S[], patient: boolean) => Promise<RecordAnswer[]>;

/** Records sales, again and again those that wait for something, until it is there or the time is over. */
export async function recordWithPatience<S>(sales: readonly S[], record: Recorder<S>): Promise<RecordAnswer[]> {
  const answers = await record(sales, true);
  const started = performance.now();
  for (;;) {
    const waiting = answers.flatMap((answer, index) =>
      !answer.ok && answer.error.code === 'NOT_ARRIVED' ? [{ index, what: answer.error.what }] : [],
    );
    if (waiting.length === 0) return answers;
    const waited = performance.now() - started;
    const due = waiting.filter(({ what }) => waited >= (what === 'identifier' ? IDENTIFIER_MS : NAMED_MS));
    const again = due.length > 0 ? due : waiting;
    if (due.length === 0) await new Promise((resolve) => setTimeout(resolve, STEP_MS));
    const retried = await record(
      again.flatMap(({ index }) => sales[index] ?? []),
      due.length === 0,
    );
    again.forEach(({ index }, i) => {
      const answer = retried[i];
      if (answer) answers[index] = answer;
    });
  }
}
