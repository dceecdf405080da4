import 'reflect-metadata';
import { runProcess, startService } from '@atrium/platform';
import { tierService } from './app';
import { readConfig } from './config';

runProcess(async () => startService(tierService, { config: readConfig(), parts: { api: false, worker: true } }));
