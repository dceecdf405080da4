import type { RequestContext } from '@atrium/platform';
import type { CouponApp } from './app';
import type { CouponLoaders } from './loaders';

export type CouponContext = RequestContext & { app: CouponApp; load: CouponLoaders };
