import { parseConfig, serviceConfig } from '@atrium/platform';
import { z } from 'zod';

const schema = serviceConfig.extend({
  BLIND_INDEX_KEY: z
    .string()
    .min(16)
    .describe('Key of the blind index by which members are looked up; the same as in the member service.'),
});

export type SettlementConfig = z.infer<typeof schema>;

export const readConfig = (): SettlementConfig => parseConfig(schema, process.env);
