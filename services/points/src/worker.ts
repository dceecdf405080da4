import 'reflect-metadata';
import { runProcess, startService } from '@atrium/platform';
import { pointsService } from './app';
import { readConfig } from './config';

runProcess(async () => startService(pointsService, { config: readConfig(), parts: { api: false, worker: true } }));
