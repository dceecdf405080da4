import {
  PUBLICATIONS,
  SERVICES,
  SUBSCRIPTIONS,
  durableName,
  filterSubject,
  requestSubject,
  REQUESTS,
  STREAMS,
  streamOf,
} from './catalogue';

describe('catalogue', () => {
  const published = SERVICES.flatMap((service) => PUBLICATIONS[service].map((event) => event.typeName));

  it('lets one service only state a fact', () => {
    expect(new Set(published).size).toBe(published.length);
  });

  it.each(SERVICES.flatMap((service) => SUBSCRIPTIONS[service].map((event) => [service, event] as const)))(
    '%s hears only facts that somebody states',
    (service, event) => {
      expect(published).toContain(event.typeName);
      expect(streamOf(event)).toMatch(/^[A-Z]+$/);
      expect(durableName(service, event)).toMatch(/^[a-z-]+-on-[a-z-]+$/);
      expect(filterSubject(event)).toBe(`${event.typeName}.>`);
    },
  );

  it('names a durable once', () => {
    const names = SERVICES.flatMap((service) => SUBSCRIPTIONS[service].map((event) => durableName(service, event)));
    expect(new Set(names).size).toBe(names.length);
  });

  it('keeps questions outside the streams', () => {
    for (const { request } of Object.values(REQUESTS)) {
      const subject = requestSubject(request);
      for (const stream of STREAMS)
        for (const s of stream.subjects) expect(subject.startsWith(s.slice(0, -1))).toBe(false);
    }
  });
});
