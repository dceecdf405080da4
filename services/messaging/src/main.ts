import 'reflect-metadata';
import { runProcess, startService } from '@atrium/platform';
import { messagingService } from './app';
import { readConfig } from './config';

runProcess(async () => {
  const config = readConfig();
  return startService(messagingService, { config, parts: { api: true, worker: config.EMBED_WORKER } });
});
