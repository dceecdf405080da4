import 'reflect-metadata';
import { runMigration } from '@atrium/platform';
import { messagingService } from './app';

runMigration(messagingService);
