import 'reflect-metadata';
import { runProcess, startService } from '@atrium/platform';
import { messagingService } from './app';
import { readConfig } from './config';

runProcess(async () => startService(messagingService, { config: readConfig(), parts: { api: false, worker: true } }));
