/** Progress of long work on a terminal: one line that is rewritten; on a pipe a line every few seconds. */
export interface Progress {
  update(done: number): void;
  finish(): void;
}

export function startProgress(what: string, total: number): Progress {
  const started = Date.now();
  const terminal = process.stderr.isTTY;
  const every = terminal ? 200 : 5_000;
  let shown = started;
  let last = 0;
  const show = (done: number, end: boolean) => {
    const seconds = Math.max((Date.now() - started) / 1000, 0.001);
    const rate = done / seconds;
    const left = rate > 0 ? Math.ceil((total - done) / rate) : 0;
    const percent = total === 0 ? 100 : Math.floor((done / total) * 100);
    const text = `${what}: ${done} of ${total} (${percent} %), ${rate.toFixed(0)}/s${end ? `, ${seconds.toFixed(1)} s` : `, ${left} s left`}`;
    process.stderr.write(terminal ? `\r${text}\x1b[K${end ? '\n' : ''}` : `${text}\n`);
  };
  return {
    update(done) {
      last = done;
      if (Date.now() - shown < every) return;
      shown = Date.now();
      show(done, false);
    },
    finish: () => show(last, true),
  };
}
