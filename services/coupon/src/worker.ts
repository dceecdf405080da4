import 'reflect-metadata';
import { runProcess, startService } from '@atrium/platform';
import { couponService } from './app';
import { readConfig } from './config';

runProcess(async () => startService(couponService, { config: readConfig(), parts: { api: false, worker: true } }));
