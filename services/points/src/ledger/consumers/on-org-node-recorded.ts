import { orgNodeConsumer } from '@atrium/platform';

export const onOrgNodeRecorded = orgNodeConsumer('points');
