import 'reflect-metadata';
import { runProcess, startService } from '@atrium/platform';
import { pointsService } from './app';
import { readConfig } from './config';

runProcess(async () => {
  const config = readConfig();
  return startService(pointsService, { config, parts: { api: true, worker: config.EMBED_WORKER } });
});
