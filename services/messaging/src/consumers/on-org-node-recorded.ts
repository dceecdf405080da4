import { orgNodeConsumer } from '@atrium/platform';

/** Names and time zones of malls. */
export const onOrgNodeRecorded = orgNodeConsumer('messaging');
