import 'reflect-metadata';
import { runProcess, startService } from '@atrium/platform';
import { couponService } from './app';
import { readConfig } from './config';

runProcess(async () => {
  const config = readConfig();
  return startService(couponService, { config, parts: { api: true, worker: config.EMBED_WORKER } });
});
