import 'reflect-metadata';
import { runProcess, startService } from '@atrium/platform';
import { tierService } from './app';
import { readConfig } from './config';

runProcess(async () => {
  const config = readConfig();
  return startService(tierService, { config, parts: { api: true, worker: config.EMBED_WORKER } });
});
