import {
  DEAD_LETTER_STREAM,
  durableName,
  HUB,
  type Place,
  PUBLICATIONS,
  REQUESTS,
  requestSubject,
  SERVICES,
  type ServiceName,
  siteDurable,
  SITE_FACTS,
  STREAMS,
  streamOf,
  streamsOf,
  SUBSCRIPTIONS,
  subscriptionsOf,
} from '@atrium/contracts';
import { type Bus, createLog, ensureConsumers, ensureStreams, openBus } from '@atrium/platform';
import { type Nats, startNats } from '@atrium/testkit';
import { AckPolicy, jetstream, jetstreamManager } from '@nats-io/jetstream';
import { connect, type NatsConnection, type Payload } from '@nats-io/transport-node';
import { render, describeWithHelm } from './helm';
import { yaml } from './platform';

const PASSWORD = 'pass';
const log = createLog('logins', 'silent');

/** As profile small has it, a hub with a mall of its own; and as k8s/nats has it for profile ha. */
function small(): string {
  const values = {
    global: { sites: ['north'] },
    nats: { leaf: { secret: 'sites', from: [{ ipBlock: { cidr: '192.0.2.0/24' } }] } },
  };
  const { resources } = render('atrium', values, { files: ['values-small.yaml'] });
  const config = resources.find(({ kind, metadata }) => kind === 'ConfigMap' && metadata.name === 'a-nats');
  const text = config?.data?.['nats.conf'] ?? '';
  const accounts = text.slice(text.indexOf('accounts {')).replaceAll(/\$(PASSWORD|SITE)_\w+/g, PASSWORD);
  return `jetstream { domain: hub }\nno_auth_user: operator\n${accounts}`;
}
function ha(): string {
  const { config } = yaml<{ config: { merge: { accounts: { ATRIUM: { users: object[] } } } } }>('nats/logins.yaml');
  const users = config.merge.accounts.ATRIUM.users.map((user) => ({ ...user, password: PASSWORD }));
  return `no_auth_user: operator\naccounts: ${JSON.stringify({ ATRIUM: { jetstream: 'enabled', users } })}`;
}

describeWithHelm.each([
  ['small', small, 'north'],
  ['ha', ha, 'riverside'],
] as const)('the logins of NATS, profile %s', (_, config, site) => {
  let nats: Nats;
  const buses = new Map<ServiceName, Bus>();
  const place = (name: ServiceName): Place => (name === 'merchant-settlement' ? { site: null, sites: [site] } : HUB);
  const bus = (name: ServiceName) => buses.get(name) as Bus;
  let operator: NatsConnection;

  beforeAll(async () => {
    nats = await startNats({ config: config() });
    operator = await connect({ servers: nats.url });
    for (const name of SERVICES)
      buses.set(name, await openBus({ url: nats.url, name, user: name, password: PASSWORD, log }));
  });
  afterAll(async () => {
    for (const one of buses.values()) await one.close();
    await operator.close();
    await nats.stop();
  });

  /** What the server said, when it was the login that it refused. */
  const refusal = async (asked: Promise<unknown>): Promise<string> =>
    asked.then(
      () => 'done',
      (error: Error & { cause?: Error }) => {
        const told = [error.name, error.message, error.cause?.name].join(' ');
        return /PermissionViolation|permissions violation/i.test(told) ? 'refused' : told;
      },
    );

  /** The server has answered the subscription when it has answered what was sent after it. */
  async function hear(connection: NatsConnection, subject: string): Promise<void> {
    const refused = new Promise<never>((_, reject) =>
      connection.subscribe(subject, { callback: (error) => reject(error ?? new Error('heard something')) }),
    );
    await Promise.race([refused, connection.flush().then(() => new Promise((resolve) => setImmediate(resolve)))]);
  }

  it('lets each service make streams and its consumers, also again, and those of sites', async () => {
    for (const again of [false, true])
      for (const name of SERVICES) {
        const made = ensureStreams(bus(name).jsm, streamsOf(name, place(name))).then(() =>
          ensureConsumers(bus(name).jsm, subscriptionsOf(name, place(name))),
        );
        expect([name, again, await refusal(made)]).toEqual([name, again, 'done']);
      }
  });

  it('lets settlement of a site, and of the release before, make its own', async () => {
    const { jsm } = bus('merchant-settlement');
    await ensureConsumers(jsm, subscriptionsOf('merchant-settlement', { site, sites: [] }));
    const before = SITE_FACTS.map((event) => ({
      event,
      stream: streamOf(event),
      durable: siteDurable(event, site),
      filter: `${event.typeName}.${site}.>`,
    }));
    await ensureConsumers(jsm, before);
    for (const { stream, durable } of before) await operator.request(`$JS.API.CONSUMER.DELETE.${stream}.${durable}`);
  });

  it.each([...SERVICES])('lets %s state its facts and take those that it hears', async (name) => {
    const publisherOf = (typeName: string) =>
      SERVICES.find((one) => PUBLICATIONS[one].some((event) => event.typeName === typeName)) as ServiceName;
    for (const event of SUBSCRIPTIONS[name]) {
      const subject = `${event.typeName}.hub.0`;
      await bus(publisherOf(event.typeName)).js.publish(subject, name);
      const consumer = await bus(name).js.consumers.get(streamOf(event), durableName(name, event));
      const messages = await consumer.consume({ max_messages: 10, expires: 5_000 });
      for await (const message of messages) {
        // Every way of answering for one.
        if (message.info.deliveryCount === 1 && message.string() === name) {
          message.working();
          message.nak();
          continue;
        }
        expect(await message.ackAck()).toBe(true);
        if (message.string() === name) break;
      }
      messages.stop();
    }
    await bus(name).js.publish(`dead.${name}.atrium.x`, 'x');
  });

  it('lets those who are asked answer, and nobody else hear the question', async () => {
    for (const { service, request } of Object.values(REQUESTS)) {
      const subject = requestSubject(request);
      const { connection } = bus(service);
      const answering = connection.subscribe(subject, {
        queue: service,
        callback: (_, question) => void question.respond(question.reply ?? ''),
      });
      await connection.flush();
      for (const other of SERVICES.filter((one) => one !== service)) {
        const asking = bus(other).connection;
        // Where it is answered begins with who asks: the next release keeps others from listening there.
        const { data } = await asking.request(subject, 'well?', { timeout: 5_000 });
        expect(Buffer.from(data).toString()).toMatch(new RegExp(`^_INBOX\\.${other}\\.`));
        expect([other, await refusal(hear(asking, subject))]).toEqual([other, 'refused']);
      }
      answering.unsubscribe();
    }
  });

  it('lets no service into what is not its own, and changes nothing', async () => {
    const { js, jsm } = bus('points');
    await bus('member').js.publish('atrium.member.v1.MemberRegistered.hub.0', 'kept');
    const api = (subject: string, payload: Payload = '') =>
      bus('points').connection.request(`$JS.API.${subject}`, payload, { timeout: 5_000 });
    const theirs = 'coupon-on-member-registered';
    const consumer = { stream_name: 'MEMBER', config: { durable_name: theirs, ack_policy: AckPolicy.None } };
    const tries: Record<string, () => Promise<unknown>> = {
      'deletes a consumer': () => jsm.consumers.delete('MEMBER', theirs),
      'deletes its own consumer': () => jsm.consumers.delete('MEMBER', 'points-on-member-registered'),
      'pauses a consumer': () => api(`CONSUMER.PAUSE.MEMBER.${theirs}`),
      "changes another's consumer": () => api(`CONSUMER.CREATE.MEMBER.${theirs}.x`, JSON.stringify(consumer)),
      'makes it the old way': () => api(`CONSUMER.DURABLE.CREATE.MEMBER.${theirs}`, JSON.stringify(consumer)),
      'makes one of no name': () => api('CONSUMER.CREATE.MEMBER', JSON.stringify(consumer)),
      'takes for another': () => api(`CONSUMER.MSG.NEXT.MEMBER.${theirs}`),
      'acknowledges for another': () =>
        bus('points').connection.request(`$JS.ACK.MEMBER.${theirs}.1.1.1.1.1`, '', { timeout: 5_000 }),
      'deletes a stream': () => jsm.streams.delete('POINTS'),
      'purges a stream': () => jsm.streams.purge('MEMBER'),
      'deletes a message': () => jsm.streams.deleteMessage('MEMBER', 1),
      'reads a message by number': () => jsm.streams.getMessage('MEMBER', { seq: 1 }),
      'restores a stream': () => api('STREAM.RESTORE.MEMBER', '{}'),
      'takes a snapshot': () => api('STREAM.SNAPSHOT.MEMBER', '{}'),
      'makes a stream of its own': () => jsm.streams.add({ name: 'MINE', subjects: ['request.>'] }),
      "changes a site's stream": () => jsm.streams.update(`SITE-${site}`, { max_msgs: 1 }),
      'moves a leader': () => api('STREAM.LEADER.STEPDOWN.MEMBER'),
      'purges the account': () => api('ACCOUNT.PURGE.ATRIUM'),
      "states another's fact": () => js.publish('atrium.member.v1.MemberRegistered.hub.0', 'forged'),
      'sets aside as another': () => js.publish('dead.coupon.atrium.x', 'forged'),
      "answers into another's inbox": () =>
        bus('points').connection.request('_INBOX.somebody.1', 'forged', { timeout: 5_000 }),
    };
    const streams = async () => {
      const seen: Record<string, unknown> = {};
      const all = await jetstreamManager(operator);
      for (const name of [...STREAMS.map((stream) => stream.name), DEAD_LETTER_STREAM.name, `SITE-${site}`]) {
        const { config: is, state } = await all.streams.info(name);
        const consumers = [];
        for await (const one of all.consumers.list(name)) consumers.push([one.name, one.config, one.num_pending]);
        seen[name] = [is, state.messages, consumers];
      }
      return seen;
    };
    const before = await streams();
    const outcomes: Record<string, string> = {};
    for (const [what, attempt] of Object.entries(tries)) outcomes[what] = await refusal(attempt());
    expect(outcomes).toEqual(Object.fromEntries(Object.keys(tries).map((what) => [what, 'refused'])));
    expect(await streams()).toEqual(before);
  });

  it('lets the gateway hear facts, and neither state, nor ask, nor hear answers', async () => {
    const gateway = await connect({ servers: nats.url, user: 'gateway', pass: PASSWORD });
    try {
      const heard = new Promise((resolve) =>
        gateway.subscribe('atrium.>', { callback: (_, message) => resolve(message.string()) }),
      );
      await gateway.flush();
      await bus('tier').js.publish('atrium.tier.v1.TierChanged.hub.0', 'a rise');
      expect(await heard).toBe('a rise');
      for (const subject of ['_INBOX.>', 'request.>', '$JS.ACK.>', 'dead.>'])
        expect([subject, await refusal(hear(gateway, subject))]).toEqual([subject, 'refused']);
      expect(await refusal(jetstream(gateway).publish('atrium.tier.v1.TierChanged.hub.0', 'forged'))).toBe('refused');
      expect(await refusal(gateway.request('request.any', '', { timeout: 5_000 }))).toBe('refused');
    } finally {
      await gateway.close();
    }
  });
});
