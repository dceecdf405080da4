import { UsageError } from '@atrium/platform/operator';

/** Runs a command's main function; ends with code 1 and one clear text when it fails. */
export function runCommand(main: () => Promise<void>): void {
  main().catch((error: unknown) => {
    const text =
      error instanceof UsageError
        ? error.message
        : error instanceof Error
          ? (error.stack ?? error.message)
          : String(error);
    process.stderr.write(`${text}\n`);
    process.exit(1);
  });
}
