import { parseConfig, serviceConfig } from '@atrium/platform';
import { type z } from 'zod';

/** Everything that the service is told by its environment; it has no variables of its own. */
const schema = serviceConfig;

export type CouponConfig = z.infer<typeof schema>;

export const readConfig = (): CouponConfig => parseConfig(schema, process.env);
