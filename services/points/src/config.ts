import { parseConfig, serviceConfig } from '@atrium/platform';
import { z } from 'zod';

const schema = serviceConfig;

export type PointsConfig = z.infer<typeof schema>;

export const readConfig = (): PointsConfig => parseConfig(schema, process.env);

export const readMigrationUrl = (): string =>
  parseConfig(z.object({ MIGRATION_DATABASE_URL: z.url().describe("The owner's login.") }), process.env)
    .MIGRATION_DATABASE_URL;
