import 'reflect-metadata';
import { runProcess, startService } from '@atrium/platform';
import { memberService } from './app';
import { readConfig } from './config';

runProcess(async () => {
  const config = readConfig();
  return startService(memberService, { config, parts: { api: true, worker: config.EMBED_WORKER } });
});
