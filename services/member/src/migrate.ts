import 'reflect-metadata';
import { runMigration } from '@atrium/platform';
import { memberService } from './app';

runMigration(memberService);
