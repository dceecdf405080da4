import type { EntityClass } from '@atrium/platform';

export const entities: EntityClass[] = [];
