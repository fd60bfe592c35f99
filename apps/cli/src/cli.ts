import { type BatonClient, createBatonClient } from "@batonrun/client";
import { packageVersion } from "@batonrun/node/package-version";
import { CliError } from "./cli-error.js";
import { type CommonOptions, readCommandLine } from "./command-line.js";
import { type ExitCode, exitCodes } from "./exit-codes.js";
import type { Io } from "./io.js";
import { colorsOf } from "./report/colors.js";
import { reportError } from "./report/error-report.js";
import { createPrinter } from "./report/printer.js";

const manifest = new URL("../package.json", import.meta.url);

/** Runs one command line. All output goes to `io`; the exit code reports the outcome. */
export async function runCli(argv: readonly string[], io: Io): Promise<ExitCode> {
  // Until the command line is parsed, only its raw words show in which format to print an error.
  let common: Pick<CommonOptions, "isJson" | "isColorRefused"> = {
    isJson: wantsJson(argv),
    isColorRefused: argv.includes("--no-color"),
  };
  try {
    const line = readCommandLine(argv, packageVersion(manifest));
    if (line.kind === "text") {
      io.stdout.write(line.text);
      return exitCodes.ok.code;
    }
    common = line.common;
    const colors = colorsOf(io, io.stdout, common.isColorRefused);
    const printer = createPrinter(io, { isJson: common.isJson, colors });
    const { server } = line.common;
    const serverWords = server === undefined ? "" : ` --server ${server}`;
    return await line.command.run({ io, printer, serverWords, client: connect(io, server) }, line.given);
  } catch (error) {
    const report = reportError(error, colorsOf(io, io.stderr, common.isColorRefused));
    io.stderr.write(`${common.isJson ? JSON.stringify(report.json) : report.text}\n`);
    return report.exitCode;
  }
}

function wantsJson(argv: readonly string[]): boolean {
  return argv.some(
    (word, index) =>
      /^(-ojson|--output=json)$/.test(word) || (/^(-o|--output)$/.test(word) && argv[index + 1] === "json"),
  );
}

function connect(io: Io, server: string | undefined): BatonClient {
  const address = server ?? io.config.server;
  try {
    return createBatonClient({ server: address, retries: 1 });
  } catch (cause) {
    const where = server === undefined ? "BATON_SERVER" : "--server";
    throw new CliError(`${where} "${address}" is not a valid URL. Use one such as http://127.0.0.1:3000.`, { cause });
  }
}
