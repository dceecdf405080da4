import 'reflect-metadata';
import { runProcess, startService } from '@atrium/platform';
import { memberService } from './app';
import { readConfig } from './config';

runProcess(async () => startService(memberService, { config: readConfig(), parts: { api: false, worker: true } }));
