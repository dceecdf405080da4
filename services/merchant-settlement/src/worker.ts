import 'reflect-metadata';
import { runProcess, startService } from '@atrium/platform';
import { settlementService } from './app';
import { readConfig } from './config';

runProcess(async () => startService(settlementService, { config: readConfig(), parts: { api: false, worker: true } }));
