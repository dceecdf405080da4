import { parseConfig, serviceConfig } from '@atrium/platform';
import { type z } from 'zod';

const schema = serviceConfig.extend({});

export type TierConfig = z.infer<typeof schema>;

export const readConfig = (): TierConfig => parseConfig(schema, process.env);
