import type { Place } from '@atrium/contracts';
import { HUB_TOKEN } from '@atrium/kernel';
import { z } from 'zod';
import { STOP } from './stopping';

const flag = z.enum(['true', 'false']).transform((value) => value === 'true');

const SITE_NAME = /^[a-z0-9][a-z0-9-]{0,31}$/;
const isSite = (name: string) => SITE_NAME.test(name) && name !== HUB_TOKEN;

/** Named as OpenTelemetry's own programs do. */
export const tracingConfig = {
  OTEL_EXPORTER_OTLP_ENDPOINT: z
    .url()
    .optional()
    .describe('Collector of traces (OTLP over HTTP), without the path; none: no traces.'),
};

/** What every service is told by its environment. A service adds its own with `.extend`. */
export const serviceConfig = z.object({
  DATABASE_URL: z.url().describe("The service's own database, with the application's login."),
  DATABASE_POOL: z.coerce.number().int().min(1).max(64).default(6).describe('Connections at the most.'),
  DATABASE_WAIT_MS: z.coerce
    .number()
    .int()
    .min(100)
    .max(600_000)
    .optional()
    .describe('How long work waits for a free connection; 5000 when not given.'),
  MAX_OPERATIONS: z.coerce
    .number()
    .int()
    .min(1)
    .max(10_000)
    .default(64)
    .describe('GraphQL operations under way in an API process, at the most; the others wait in line.'),
  QUEUE_WAIT_MS: z.coerce
    .number()
    .int()
    .min(0)
    .max(60_000)
    .default(4_000)
    .describe('How long an operation waits in line before it is told to come again.'),
  NATS_URL: z.string().min(1).describe('nats://host:port, several separated by commas.'),
  NATS_USER: z.string().optional().describe("The service's own NATS user."),
  NATS_PASSWORD: z.string().optional().describe('Its password.'),
  NATS_REPLICAS: z.coerce.number().int().min(1).max(5).default(1).describe('Replicas of each stream.'),
  SITE: z
    .string()
    .refine(isSite)
    .optional()
    .describe('The mall whose own recording this is: its code in lower case; none: this is the hub.'),
  SITES: z
    .string()
    .default('')
    .transform((text) => text.split(',').filter((name) => name !== ''))
    .refine((names) => names.every(isSite))
    .describe('At the hub: malls that record their own sales, codes in lower case separated by commas.'),
  GATEWAY_PUBLIC_KEY: z
    .string()
    .min(1)
    .describe("JWK of the key that signs the gateway's tokens, or a set of them while it is changed."),
  HOST: z.string().default('127.0.0.1').describe('Address to listen on.'),
  PORT: z.coerce.number().int().min(0).max(65_535).describe('Port to listen on.'),
  ...tracingConfig,
  LOG_LEVEL: z
    .enum(['fatal', 'error', 'warn', 'info', 'debug', 'silent'])
    .default('info')
    .describe('Least level that is logged.'),
  EMBED_WORKER: flag.default(false).describe('Run relay, consumers and jobs in the API process: for local runs.'),
  SHUTDOWN_DELAY_MS: z.coerce
    .number()
    .int()
    .min(0)
    .max(STOP.delayMs)
    .default(0)
    .describe(
      'How long it still answers when it is not ready any more; above 5000, gateways have let go of connections by then.',
    ),
  MIGRATION_WAIT_MS: z.coerce
    .number()
    .int()
    .min(0)
    .optional()
    .describe('How long a start waits for the migration of its release; by default not at all.'),
  SWITCHES_FOLDER: z
    .string()
    .optional()
    .describe('Folder with a file for each switch of a peak day; none: as usual (docs/how-to/peak-day.md).'),
  OUTBOX_POLL_MS: z.coerce
    .number()
    .int()
    .min(10)
    .max(10_000)
    .default(50)
    .describe('How often the relay looks for facts of other processes.'),
});

export type ServiceConfig = z.infer<typeof serviceConfig>;

/** Where this process stands among hub and sites. */
export function placeOf({ SITE, SITES: sites }: Pick<ServiceConfig, 'SITE' | 'SITES'>): Place {
  const site = SITE ?? null;
  if (site !== null && sites.length > 0)
    throw new ConfigError('SITE and SITES: a process is at a site or at the hub, not both');
  return { site, sites };
}

const migrationConfig = z.object({
  MIGRATION_DATABASE_URL: z.url().describe("The service's own database, with the owner's login."),
});

/** A migration is told this alone: the owner's login is given to nobody else. */
export const readMigrationUrl = (): string => parseConfig(migrationConfig, process.env).MIGRATION_DATABASE_URL;

/** Parses an environment; on a mistake says which variables are wrong and what they are for, never their values. */
export function parseConfig<S extends z.ZodObject>(schema: S, env: Record<string, string | undefined>): z.infer<S> {
  const result = schema.safeParse(env);
  if (result.success) return result.data;
  const lines = result.error.issues.map((issue) => {
    const name = String(issue.path[0]);
    const about = (schema.shape as Record<string, z.ZodType>)[name]?.description;
    return `  ${name}: ${issue.message}${about ? ` (${about})` : ''}`;
  });
  throw new ConfigError(`The environment is not right:\n${lines.join('\n')}`);
}

export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}
