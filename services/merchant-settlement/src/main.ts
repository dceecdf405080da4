import 'reflect-metadata';
import { runProcess, startService } from '@atrium/platform';
import { settlementService } from './app';
import { readConfig } from './config';

runProcess(async () => {
  const config = readConfig();
  return startService(settlementService, { config, parts: { api: true, worker: config.EMBED_WORKER } });
});
