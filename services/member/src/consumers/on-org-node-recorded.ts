import { orgNodeConsumer } from '@atrium/platform';

/** The malls that members belong to, and the nodes that roles stand at. */
export const onOrgNodeRecorded = orgNodeConsumer('member');
