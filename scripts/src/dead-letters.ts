// npm run dead-letters: what no consumer could apply, and how it is tried again. See docs/runbooks/dead-letters.md.
import { parseArgs } from 'node:util';
import { DEAD_LETTER_STREAM } from '@atrium/contracts';
import { jetstream, jetstreamManager, type JetStreamManager, type StoredMsg } from '@nats-io/jetstream';
import { headers as natsHeaders } from '@nats-io/transport-node';
import { UsageError } from '@atrium/platform/operator';
import { runCommand } from './command';
import { openBroker } from './operators/broker';

const HELP = `npm run dead-letters -- list [--limit N]      the newest N (20)
npm run dead-letters -- replay --seq N        gives one to its consumers again and takes it off the list
npm run dead-letters -- drop --seq N          takes one off the list for good: what nobody can read
The running local graph, or the broker of NATS_URL, with the login of NATS_USER and NATS_PASSWORD.`;

const DEAD = DEAD_LETTER_STREAM.name;
const PREFIX = DEAD_LETTER_STREAM.subjects[0].replace('>', '');
/** Added when the message was set aside; not part of the fact. */
const ADDED = ['Atrium-Consumer', 'Atrium-Reason', 'Nats-Msg-Id'];

function readOptions(): { list: number } | { replay: number } | { drop: number } {
  let given;
  try {
    given = parseArgs({
      allowPositionals: true,
      options: { limit: { type: 'string', default: '20' }, seq: { type: 'string' } },
    });
  } catch (error) {
    throw new UsageError(`${error instanceof Error ? error.message : String(error)}\n${HELP}`);
  }
  const { positionals, values } = given;
  const whole = (text: string | undefined, option: string) => {
    if (!text || !/^[1-9]\d{0,14}$/.test(text)) throw new UsageError(`--${option} must be a number from 1\n${HELP}`);
    return Number(text);
  };
  if (positionals.length === 1 && positionals[0] === 'list') return { list: whole(values.limit, 'limit') };
  if (positionals.length === 1 && positionals[0] === 'replay') return { replay: whole(values.seq, 'seq') };
  if (positionals.length === 1 && positionals[0] === 'drop') return { drop: whole(values.seq, 'seq') };
  throw new UsageError(HELP);
}

async function letter(jsm: JetStreamManager, seq: number): Promise<StoredMsg | null> {
  return jsm.streams.getMessage(DEAD, { seq });
}

async function list(jsm: JetStreamManager, limit: number): Promise<void> {
  const { state } = await jsm.streams.info(DEAD);
  const rows = [];
  for (let seq = state.last_seq; seq >= state.first_seq && seq > 0 && rows.length < limit; seq--) {
    const message = await letter(jsm, seq);
    if (!message) continue;
    rows.push({
      seq,
      'set aside': message.time.toISOString(),
      consumer: message.header.get('Atrium-Consumer'),
      event: message.header.get('Atrium-Event') || '(none)',
      reason: message.header.get('Atrium-Reason'),
    });
  }
  if (rows.length > 0) console.table(rows);
  console.log(`${state.messages} dead letters.`);
}

runCommand(async () => {
  const options = readOptions();
  const nats = await openBroker();
  try {
    const jsm = await jetstreamManager(nats);
    if ('list' in options) return await list(jsm, options.list);

    const seq = 'replay' in options ? options.replay : options.drop;
    const message = await letter(jsm, seq);
    if (!message) throw new UsageError(`There is no dead letter ${seq}. See: npm run dead-letters -- list`);
    if ('drop' in options) {
      await jsm.streams.deleteMessage(DEAD, seq);
      console.log(`Dead letter ${seq} is gone.`);
      return;
    }
    // `dead.<service>.<subject of the fact>`
    const subject = message.subject.slice(PREFIX.length).split('.').slice(1).join('.');
    const h = natsHeaders();
    for (const name of message.header.keys()) if (!ADDED.includes(name)) h.set(name, message.header.get(name));
    // Every consumer of the fact gets it; those that have applied it skip it. The id keeps a second try of this command apart.
    await jetstream(nats).publish(subject, message.data, { headers: h, msgID: `replay:${seq}:${Date.now()}` });
    await jsm.streams.deleteMessage(DEAD, seq);
    console.log(
      `Dead letter ${seq} is on its way again to ${subject}. See whether it comes back: npm run dead-letters -- list`,
    );
  } finally {
    await nats.close();
  }
});
