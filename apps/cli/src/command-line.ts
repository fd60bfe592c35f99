import { Argument, CommanderError, Option, Command as Parser } from "commander";
import { CliError } from "./cli-error.js";
import type { Command, Parameter } from "./command.js";
import { commands, nouns } from "./commands/table.js";

/** What was typed. */
export type CommandLine =
  | { readonly kind: "command"; readonly command: Command; readonly given: Given; readonly common: CommonOptions }
  /** Help or version. */
  | { readonly kind: "text"; readonly text: string };

type Given = Readonly<Record<string, unknown>>;

/** The options that every command has. */
export interface CommonOptions {
  readonly server: string | undefined;
  readonly isJson: boolean;
  readonly isColorRefused: boolean;
}

export const commonOptions = [
  { usage: "-o, --output <format>", description: "Output format: text (default) or json" },
  { usage: "-s, --server <url>", description: "URL of the API (default: BATON_SERVER, then http://127.0.0.1:3000)" },
  { usage: "--no-color", description: "Disable colors" },
] as const;

/** Parses a command line; throws a CliError if it is invalid. */
export function readCommandLine(argv: readonly string[], version: string): CommandLine {
  let text = "";
  let read: CommandLine | undefined;
  const root = buildParser(version, (given) => {
    read = given;
  });
  forEachParser(root, (parser) =>
    parser.exitOverride().configureOutput({ writeOut: (said) => (text += said), writeErr: (said) => (text += said) }),
  );
  try {
    root.parse([...argv], { from: "user" });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode === 0 || error.code === "commander.help") return { kind: "text", text };
    throw usageError(error);
  }
  return read ?? { kind: "text", text: root.helpInformation() };
}

function usageError(error: CommanderError): CliError {
  const [what = "", suggestion] = error.message.replace(/^error: /, "").split("\n");
  const hint =
    suggestion?.replace(/^\((.*)\)$/, "$1") ??
    "`baton --help` lists the commands; `baton <command> --help` lists a command's options.";
  return new CliError(`${what.charAt(0).toUpperCase()}${what.slice(1)}.`, { hint, cause: error });
}

function forEachParser(parser: Parser, act: (parser: Parser) => void): void {
  act(parser);
  for (const inner of parser.commands) forEachParser(inner, act);
}

function buildParser(version: string, onRead: (read: CommandLine) => void): Parser {
  const root = new Parser("baton")
    .description("Run durable workflows on Redis.")
    .version(version, "-V, --version", "Print the version")
    .helpOption("-h, --help", "Print this help")
    .helpCommand(false)
    .showSuggestionAfterError(true);
  const parents = new Map(
    Object.entries(nouns).map(([noun, description]) => [noun, new Parser(noun).description(description)]),
  );
  for (const command of commands) {
    const [first = "", verb] = command.path.split(" ");
    const parent = verb === undefined ? root : parents.get(first);
    parent?.addCommand(parserOf(command, verb ?? first, onRead));
    if (parent !== undefined && parent !== root && !root.commands.includes(parent)) root.addCommand(parent);
  }
  forEachParser(root, (parser) => parser.helpOption("-h, --help", "Print this help").helpCommand(false));
  return root;
}

function parserOf(command: Command, name: string, onRead: (read: CommandLine) => void): Parser {
  const parser = new Parser(name).description(command.description).summary(command.description);
  const names = Object.keys(command.arguments);
  for (const { usage, description } of Object.values(command.arguments))
    parser.addArgument(new Argument(usage, description));
  for (const parameter of Object.values(command.options)) parser.addOption(optionOf(parameter));
  for (const { usage, description } of commonOptions) parser.addOption(new Option(usage, description));
  parser.addHelpText("after", helpAfter(command));
  return parser.action((...words: readonly unknown[]) => {
    const placed = Object.fromEntries(names.map((argument, index) => [argument, words[index]]));
    const options = parser.opts<Given>();
    onRead({ kind: "command", command, given: { ...options, ...placed }, common: readCommon(options) });
  });
}

function optionOf({ usage, description, isList }: Parameter): Option {
  const option = new Option(usage, description);
  if (isList !== true) return option;
  return option.argParser((value: string, before: readonly string[] | undefined) => [...(before ?? []), value]);
}

function helpAfter({ details, examples }: Command): string {
  const lines = examples.map((example) => `  $ baton ${example}`);
  return [...(details === undefined ? [] : ["", details]), "", "Examples:", ...lines, ""].join("\n");
}

function readCommon(options: Given): CommonOptions {
  const { output = "text", server, color } = options;
  if (output !== "text" && output !== "json") throw new CliError("-o, --output <format> must be text or json.");
  return {
    server: typeof server === "string" ? server : undefined,
    isJson: output === "json",
    isColorRefused: color === false,
  };
}
