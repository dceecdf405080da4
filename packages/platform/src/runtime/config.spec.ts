import { z } from 'zod';
import { ConfigError, parseConfig, serviceConfig } from './config';

const good = {
  DATABASE_URL: 'postgres://app@db/points',
  NATS_URL: 'nats://nats:4222',
  GATEWAY_PUBLIC_KEY: '{}',
  PORT: '8080',
};

function failure(env: Record<string, string | undefined>): string {
  try {
    parseConfig(serviceConfig.extend({ SECRET: z.string().min(20).optional().describe('A secret.') }), env);
  } catch (error) {
    expect(error).toBeInstanceOf(ConfigError);
    return (error as Error).message;
  }
  return '';
}

describe('parseConfig', () => {
  it('fills in what is not said', () => {
    expect(parseConfig(serviceConfig, good)).toMatchObject({ PORT: 8080, DATABASE_POOL: 6, EMBED_WORKER: false });
  });

  it.each([
    ['DATABASE_URL', 'no-address-hunter2'],
    ['DATABASE_POOL', '6000'],
    ['DATABASE_POOL', 'hunter2'],
    ['NATS_URL', ''],
    ['PORT', '70000'],
    ['LOG_LEVEL', 'hunter2'],
    ['EMBED_WORKER', 'hunter2'],
    ['SECRET', 'hunter2'],
    ['PORT', undefined],
  ])('names %s and what it is for, never the value', (name, value) => {
    const text = failure({ ...good, [name]: value });
    expect(text).toMatch(new RegExp(`^The environment is not right:\n  ${name}: .+ \\(.+\\)$`));
    if (value) expect(text).not.toContain(value);
  });

  it('names every mistake at once', () => {
    expect(failure({}).split('\n')).toHaveLength(5);
  });
});
