import { parseConfig, serviceConfig } from '@atrium/platform';
import { type z } from 'zod';

const schema = serviceConfig;

export type PointsConfig = z.infer<typeof schema>;

export const readConfig = (): PointsConfig => parseConfig(schema, process.env);
