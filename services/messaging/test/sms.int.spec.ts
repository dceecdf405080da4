import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { MessageSentSchema, REQUESTS } from '@atrium/contracts';
import { createLog, respond, serveRequests } from '@atrium/platform';
import { eventually } from '@atrium/testkit';
import { inbox, joined, type Messaging, newId, points, publish, startMessaging } from './support';

const PHONE = '+8613812348000';

interface Call {
  headers: IncomingHttpHeaders;
  body: { id: string; to: string; text: string; locale: string };
}
let answer: (call: Call) => { status: number; body?: object } | 'HANG' | 'CUT';
let calls: Call[] = [];
let server: Server;
let test: Messaging;
let stopResponder: () => Promise<void>;
/** Phones by member; a member without one has joined with a card. */
const phones = new Map<string, string>();
let answering = true;

beforeAll(async () => {
  server = createServer((request, response) => {
    let text = '';
    request.on('data', (chunk: Buffer) => (text += chunk.toString('utf8')));
    request.on('end', () => {
      const call = { headers: request.headers, body: JSON.parse(text) as Call['body'] };
      calls.push(call);
      const reply = answer(call);
      if (reply === 'CUT') return request.socket.destroy();
      if (reply === 'HANG') return;
      response.writeHead(reply.status, { 'content-type': 'application/json' });
      response.end(JSON.stringify(reply.body ?? {}));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  test = await startMessaging({
    SMS_PROVIDER_URL: `http://127.0.0.1:${(server.address() as AddressInfo).port}/sms`,
    SMS_PROVIDER_TOKEN: 'secret-token',
  });
  const responder = respond(REQUESTS.resolveContact, async (_db, _groupId, { memberId }) => {
    if (!answering) throw new Error('away');
    const phone = phones.get(memberId);
    return phone === undefined ? { found: false } : { found: true, phone, locale: 'en' };
  });
  const requests = serveRequests(test.bus.connection, test.db, [responder], createLog('member', 'silent'));
  stopResponder = () => requests.stop();
  const texts = [{ locale: 'en', title: 'Points', body: 'You earned {points} points.' }];
  await publish(test, { code: 'POINTS_EARNED', channels: ['INBOX', 'SMS'], texts });
});
afterAll(async () => {
  await stopResponder();
  await test.end();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});
beforeEach(() => {
  calls = [];
  answering = true;
  answer = () => ({ status: 202 });
});

async function news(phone: string | null = PHONE): Promise<string> {
  const id = await joined(test, 'en');
  if (phone !== null) phones.set(id, phone);
  await points(test, id);
  await test.settled();
  return id;
}
const state = async (memberId: string) => {
  const [row] = await test.admin.dataSource.query(
    `select status, reason, attempts, next_try_at from message where member_id = $1 and channel = 'SMS'`,
    [memberId],
  );
  return row as { status: string; reason: string | null; attempts: number; next_try_at: Date | null };
};
/** The job runs in the background as well: what matters is where the message ends. */
const ends = (memberId: string, status: string) =>
  eventually(
    async () => {
      await test.app.sendQueuedSms();
      const row = await state(memberId);
      return row.status === status ? row : false;
    },
    { what: `the text is ${status}`, everyMs: 50 },
  );
const of = (memberId: string, id: string) =>
  calls.filter(({ body }) => body.id === id && body.to === phones.get(memberId));
const messageId = async (memberId: string): Promise<string> => {
  const [row] = await test.admin.dataSource.query(`select id from message where member_id = $1 and channel = 'SMS'`, [
    memberId,
  ]);
  return (row as { id: string }).id;
};

describe('texts', () => {
  it('are sent once, with the address of that moment', async () => {
    const id = await news();
    await ends(id, 'SENT');
    const sent = of(id, await messageId(id));
    expect(sent).toHaveLength(1);
    expect(sent[0]).toMatchObject({
      headers: { authorization: 'Bearer secret-token', 'idempotency-key': await messageId(id) },
      body: { to: PHONE, text: 'You earned 1,280 points.', locale: 'en' },
    });
    const facts = (await test.published(MessageSentSchema)).filter(({ memberId }) => memberId === id);
    expect(facts.map(({ channel }) => channel).sort()).toEqual(['INBOX', 'SMS']);
    // They are not in the inbox a second time.
    expect(await inbox(test, id)).toHaveLength(1);
  });

  it('many workers at once send none twice', async () => {
    const ids = await Promise.all(
      Array.from({ length: 40 }, (_, i) => joined(test, 'en').then((id) => [id, i] as const)),
    );
    for (const [id, i] of ids) {
      phones.set(id, `+86139000000${String(i).padStart(2, '0')}`);
      await points(test, id);
    }
    await test.settled();
    await Promise.all(Array.from({ length: 6 }, () => test.app.sendQueuedSms()));
    await Promise.all(ids.map(([id]) => ends(id, 'SENT')));
    const sent = calls.map(({ body }) => body.id);
    expect(sent).toHaveLength(40);
    expect(new Set(sent).size).toBe(40);
  });

  it('are tried again while the provider is busy, six times in all', async () => {
    answer = () => ({ status: 503 });
    const id = await news();
    const started = test.clock.now().getTime();
    for (let tries = 1; tries <= 5; tries++) {
      const row = await eventually(
        async () => {
          await test.app.sendQueuedSms();
          const now = await state(id);
          return now.attempts === tries && now.next_try_at !== null && now.next_try_at > test.clock.now() ? now : false;
        },
        { what: `try ${tries} is over` },
      );
      expect(row).toMatchObject({ status: 'QUEUED', reason: 'HTTP_503' });
      test.clock.set(row.next_try_at ?? test.clock.now());
    }
    expect(await ends(id, 'FAILED')).toMatchObject({ reason: 'HTTP_503', attempts: 6 });
    expect(of(id, await messageId(id))).toHaveLength(6);
    expect(test.clock.now().getTime() - started).toBeLessThanOrEqual(6 * 3_600_000);
  });

  it('go out after the provider or the member service came back', async () => {
    answering = false;
    const id = await news();
    await eventually(
      async () => {
        await test.app.sendQueuedSms();
        return (await state(id)).reason === 'ADDRESS_UNAVAILABLE';
      },
      { what: 'the address was asked for in vain' },
    );
    expect(of(id, await messageId(id))).toHaveLength(0);
    answering = true;
    answer = () => ({ status: 429 });
    test.clock.advance({ minutes: 2 });
    await eventually(
      async () => {
        await test.app.sendQueuedSms();
        return (await state(id)).reason === 'HTTP_429';
      },
      { what: 'the provider said not now' },
    );
    answer = () => ({ status: 409, body: { code: 'DUPLICATE' } });
    test.clock.advance({ minutes: 6 });
    await ends(id, 'SENT');
  });

  it.each<[string, ReturnType<typeof answer>, string, string]>([
    ['a refusal is final', { status: 422, body: { code: 'BAD_NUMBER' } }, 'FAILED', 'BAD_NUMBER'],
    [
      'a free text of the provider is not kept',
      { status: 400, body: { code: `no such number ${PHONE}` } },
      'FAILED',
      'HTTP_400',
    ],
    ['a broken answer is unknown', { status: 500 }, 'UNKNOWN', 'HTTP_500'],
    ['a cut connection is unknown', 'CUT', 'UNKNOWN', 'NO_ANSWER'],
    ['no answer in time is unknown', 'HANG', 'UNKNOWN', 'NO_ANSWER'],
  ])('%s, and not sent again', async (_, reply, status, reason) => {
    answer = () => reply;
    const id = await news();
    expect(await ends(id, status)).toMatchObject({ reason, attempts: 1 });
    test.clock.advance({ days: 1 });
    await test.app.sendQueuedSms();
    expect(of(id, await messageId(id))).toHaveLength(1);
  });

  it('without an address are not sent', async () => {
    expect(await ends(await news(null), 'SUPPRESSED')).toMatchObject({ reason: 'NO_ADDRESS' });
    expect(await ends(await news(''), 'SUPPRESSED')).toMatchObject({ reason: 'NO_ADDRESS' });
    expect(calls).toEqual([]);
  });

  it('a worker that died over one leaves it unknown', async () => {
    answering = false;
    const id = await news();
    await eventually(
      async () => {
        await test.app.sendQueuedSms();
        return (await state(id)).next_try_at !== null && (await state(id)).attempts === 1;
      },
      { what: 'one try is over' },
    );
    await test.admin.dataSource.query(
      `update message set claimed_until = $2 where member_id = $1 and channel = 'SMS'`,
      [id, test.clock.now()],
    );
    test.clock.advance({ minutes: 5 });
    answering = true;
    expect(await ends(id, 'UNKNOWN')).toMatchObject({ reason: 'WORKER_LOST' });
    expect(of(id, await messageId(id))).toHaveLength(0);
  });

  it('leave no phone number and no token behind, in any column', async () => {
    const columns: { table_name: string; column_name: string; data_type: string }[] = await test.admin.dataSource.query(
      `select table_name, column_name, data_type from information_schema.columns
         where table_schema = 'public' and data_type in ('text', 'jsonb', 'bytea', 'character', 'ARRAY')`,
    );
    for (const { table_name, column_name, data_type } of columns) {
      for (const secret of [PHONE.slice(1), '13812348000', 'secret-token']) {
        const text = data_type === 'bytea' ? `encode(${column_name}, 'hex')` : `${column_name}::text`;
        const wanted = data_type === 'bytea' ? Buffer.from(secret).toString('hex') : secret;
        const rows: unknown[] = await test.admin.dataSource.query(
          `select 1 from ${table_name} where position($1 in ${text}) > 0 limit 1`,
          [wanted],
        );
        expect([table_name, column_name, rows.length]).toEqual([table_name, column_name, 0]);
      }
    }
    expect(newId()).toBeTruthy();
  });
});

describe('the local sink', () => {
  it('records what would have been sent, to a masked number', async () => {
    const local = await startMessaging();
    const responder = respond(REQUESTS.resolveContact, () =>
      Promise.resolve({ found: true, phone: PHONE, locale: 'en' }),
    );
    const requests = serveRequests(local.bus.connection, local.db, [responder], createLog('member', 'silent'));
    try {
      await publish(local, {
        code: 'POINTS_EARNED',
        channels: ['SMS'],
        texts: [{ locale: 'en', title: 't', body: '{points}!' }],
      });
      const id = await joined(local, 'en');
      await points(local, id);
      await local.settled();
      const rows = await eventually(
        async () => {
          await local.app.sendQueuedSms();
          const found: unknown[] = await local.admin.dataSource.query(
            `select member_id, phone_masked, body from sms_sink`,
          );
          return found.length > 0 ? found : false;
        },
        { what: 'the sink has it' },
      );
      expect(rows).toEqual([{ member_id: id, phone_masked: '138****8000', body: '1,280!' }]);
      expect(await inbox(local, id)).toEqual([]);
    } finally {
      await requests.stop();
      await local.end();
    }
  });
});
